import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKey } from './signing-key.ts';

export interface IssuerOptions {
  key: SigningKey;
  host?: string;
  /** Default: any free port. */
  port?: number;
  /** The text of the claim `iss`; default: the address of the server. */
  issuer?: string;
}

/** A server with the public key of an issuer of tokens. It issues no tokens: `signToken` does. */
export interface Issuer {
  issuer: string;
  /** Ends all connections. Safe to repeat. */
  stop: () => Promise<void>;
}

/** The metadata of an issuer; this name tells other processes that it is an embedded one. */
export const software = 'microservice-devkit';

/**
 * Serves the metadata of an issuer (OpenID Connect Discovery 1.0) and its key, for development and tests. Rejects if it
 * cannot listen.
 */
export async function startIssuer({
  key,
  host = '127.0.0.1',
  port = 0,
  issuer,
}: IssuerOptions): Promise<Issuer> {
  let answers: Record<string, object> = {};
  const listener: RequestListener = ({ url = '' }, res) => {
    const answer = answers[url];
    res.writeHead(answer ? 200 : 404, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    res.end(JSON.stringify(answer ?? { error: 'not_found' }));
  };
  // other processes keep a connection open to notice the end of this one
  const server = createServer({ headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 }, listener);
  server.listen(port, host);
  await once(server, 'listening');
  const own = issuer ?? `http://${host}:${(server.address() as AddressInfo).port}`;
  const base = own.replace(/\/$/, '');
  const { pathname } = new URL(`${base}/`);
  answers = {
    [`${pathname}.well-known/openid-configuration`]: {
      issuer: own,
      jwks_uri: `${base}/jwks`,
      id_token_signing_alg_values_supported: ['ES256'],
      software_id: software,
    },
    [`${pathname}jwks`]: { keys: [key.publicJwk] },
  };
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { issuer: own, stop };
}
