import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnavailableError } from 'microservice-runtime';
import { createAuthenticator } from 'microservice-runtime/access';

const sendEndlessly: RequestListener = (_, res) => {
  const more = () => {
    if (!res.destroyed) res.write(' '.repeat(65_536), more);
  };
  more();
};
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${encoded({ alg: 'ES256' })}.${encoded({})}.AAAA`;

describe('reading the keys of an issuer', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Resolves to the warning of a service whose issuer answers with `listener`. */
  async function warningOf(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const auth = {
      issuer: 'https://login.example.com',
      audience: 'orders',
      jwksUrl: `http://127.0.0.1:${port}/keys`,
      algorithms: ['ES256'],
      clockSkew: 0,
      rolesClaim: 'roles',
    };
    const warnings: { err: Error }[] = [];
    const logger = { warn: (fields: { err: Error }) => void warnings.push(fields) };
    const authenticator = createAuthenticator({ auth }, { logger });
    assert.ok(authenticator);
    await assert.rejects(authenticator.authenticate(token), UnavailableError);
    return String(warnings[0]?.err);
  }

  it('follows no redirect, and names its target', async () => {
    const location = 'https://evil.example/keys';
    assert.match(
      await warningOf((_, res) => res.writeHead(302, { location }).end()),
      /\/keys answered 302 and redirects to https:\/\/evil\.example\/keys; configure the final address$/,
    );
  });

  it('reports an answer that is not JSON, with its address', async () => {
    assert.match(await warningOf((_, res) => res.end('<html>')), /\/keys did not answer a JSON object$/);
  });

  it('reads at most 1 MiB of an answer', async () => {
    const tooMuch: RequestListener = (_, res) => res.end(' '.repeat(1_048_577));
    assert.match(await warningOf(tooMuch), /\/keys answered more than 1048576 bytes$/);
  });

  it('ends an answer that does not end', async () => {
    assert.match(await warningOf(sendEndlessly), /\/keys answered more than 1048576 bytes$/);
  });
});
