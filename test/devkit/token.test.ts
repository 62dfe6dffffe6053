import assert from 'node:assert/strict';
import { chmod, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { startIssuer } from '../../src/devkit/issuer/issuer.ts';
import { createSigningKey, openSigningKey } from '../../src/devkit/issuer/signing-key.ts';
import { developmentToken } from '../../src/devkit/token.ts';
import { createServiceFolder, envText, type ServiceFolder } from './dev/service-folder.ts';

const common = {
  SERVICE_NAME: 'order-service',
  DATABASE_URL: 'postgres://user:secret@localhost:5432/orders',
  KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
};
const issued = { AUTH_ISSUER: 'http://localhost:9400', AUTH_AUDIENCE: 'order-service' };

describe('microservice-devkit token', () => {
  let workspace: string;
  let order: ServiceFolder;
  let payment: ServiceFolder;

  before(async () => {
    workspace = await temporaryFolder('token');
    await writeFile(path.join(workspace, 'docker-compose.kafka.yml'), '');
    const services = path.join(workspace, 'services');
    order = await createServiceFolder({}, services, 'order-service');
    payment = await createServiceFolder({}, services, 'payment-service');
  });
  beforeEach(() => Promise.all([setEnvironment(order), setEnvironment(payment)]));
  after(() => rm(workspace, { recursive: true, force: true }));

  const setEnvironment = (service: ServiceFolder, variables: Record<string, string> = issued) =>
    service.write('.env', envText({ ...common, ...variables }));
  const keyFile = () => path.join(workspace, '.microservice', 'issuer-key.pem');
  const keySet = async () => {
    const { publicJwk } = await openSigningKey(keyFile());
    return createLocalJWKSet({ keys: [publicJwk] });
  };
  const refuses = (message: RegExp, cwd = order.root, sub: string | undefined = 'ada') =>
    assert.rejects(developmentToken(cwd, [], { sub }), { name: 'DevError', message });

  it('signs an access token for the service, valid for an hour, with its scopes and roles', async () => {
    await setEnvironment(order, { ...issued, AUTH_ROLES_CLAIM: 'realm_access.roles' });
    const begun = Math.floor(Date.now() / 1_000);
    const flags = { sub: 'ada', scope: ['orders:read orders:write', 'x,y'], role: ['admin'] };
    const token = await developmentToken(order.root, [], flags);
    const rules = { issuer: issued.AUTH_ISSUER, audience: 'order-service', algorithms: ['ES256'] };
    const { payload } = await jwtVerify(token, await keySet(), rules);
    assert.equal(decodeProtectedHeader(token).typ, 'at+jwt');
    assert.equal(payload.sub, 'ada');
    assert.equal(payload['scope'], 'orders:read orders:write x y');
    assert.deepEqual(payload['realm_access'], { roles: ['admin'] });
    const life = Number(payload.exp) - begun;
    assert.ok(life >= 3_600 && life < 3_660, `${life} s`);
  });

  it('uses one key for the services of a workspace, and closes its file to other users', async () => {
    const [first, second] = [
      await developmentToken(order.root, [], { sub: 'ada' }),
      await developmentToken(payment.root, [], { sub: 'ada' }),
    ];
    assert.equal(decodeProtectedHeader(first).kid, decodeProtectedHeader(second).kid);
    if (process.platform === 'win32') return;
    assert.equal((await stat(keyFile())).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(keyFile()))).mode & 0o077, 0);
  });

  const audienceOf = async (cwd: string, ...names: string[]) => {
    const token = await developmentToken(cwd, names, { sub: 'ada', role: ['admin'] });
    return (await jwtVerify(token, await keySet(), { issuer: issued.AUTH_ISSUER })).payload.aud;
  };

  it('is for the named services of a workspace, or for all services that require tokens', async () => {
    await setEnvironment(payment, { ...issued, AUTH_AUDIENCE: 'payment-service' });
    assert.equal(await audienceOf(workspace, 'payment'), 'payment-service');
    assert.deepEqual(await audienceOf(workspace, 'order', 'payment'), ['order-service', 'payment-service']);
    assert.equal(await audienceOf(order.root, 'payment-service'), 'payment-service');
    assert.deepEqual(await audienceOf(workspace), ['order-service', 'payment-service']);
    await setEnvironment(payment, {});
    assert.equal(await audienceOf(workspace), 'order-service');
    await assert.rejects(
      audienceOf(workspace, 'order', 'payment'),
      /^DevError: payment-service requires no tokens/,
    );
    await setEnvironment(order, {});
    await refuses(/^No service requires tokens of dev/, workspace);
  });

  it('refuses services that no token can serve together', async () => {
    await setEnvironment(payment, { ...issued, AUTH_ISSUER: 'http://localhost:9500' });
    await refuses(/order-service and payment-service have different values of AUTH_ISSUER/, workspace);
    await setEnvironment(payment, { ...issued, AUTH_ROLES_CLAIM: 'groups' });
    await refuses(/different values of AUTH_ROLES_CLAIM.* token order-service --sub ada/, workspace);
  });

  it('needs the subject, and a folder of a service or a workspace', async () => {
    await refuses(/needs the subject of the token: npm run token -- --sub ada/, order.root, '');
    await refuses(
      /is not in a workspace\. Run microservice-devkit in the folder of a service/,
      path.dirname(workspace),
    );
  });

  it('refuses a service without an issuer, and one with an issuer that dev does not serve', async () => {
    await setEnvironment(order, {});
    await refuses(/order-service requires no tokens: AUTH_ISSUER is not set in its \.env/);
    for (const AUTH_ISSUER of ['https://login.example.com/realms/shop', 'https://localhost:9400']) {
      await setEnvironment(order, { ...issued, AUTH_ISSUER });
      await refuses(
        new RegExp(`^Only ${AUTH_ISSUER} can issue tokens for order-service\\. .*localhost:9400`),
      );
    }
  });

  it('refuses NODE_ENV=production', async () => {
    await setEnvironment(order, { ...issued, NODE_ENV: 'production' });
    await refuses(/NODE_ENV is production, but .* for development only/);
  });
});

describe('the key of the development issuer', () => {
  let folder: string;
  const file = () => path.join(folder, 'issuer-key.pem');
  beforeEach(async () => (folder = await temporaryFolder('issuer-key')));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is one key, however many processes open it first', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => openSigningKey(file())));
    const ids = new Set([...keys, await openSigningKey(file())].map(({ publicJwk: { kid } }) => kid));
    assert.equal(ids.size, 1);
  });

  it('names a file that has another text, and leaves it unchanged', async () => {
    await writeFile(file(), 'no key');
    await assert.rejects(
      openSigningKey(file()),
      /issuer-key\.pem has no private key for ES256.*Remove the file/,
    );
    assert.equal(await readFile(file(), 'utf8'), 'no key');
  });

  it('is not that of a link', async () => {
    if (process.platform === 'win32') return;
    const foreign = path.join(folder, 'foreign.pem');
    const { publicJwk } = await openSigningKey(foreign);
    await chmod(foreign, 0o644);
    await symlink(foreign, file());
    assert.notEqual((await openSigningKey(file())).publicJwk.kid, publicJwk.kid);
  });
});

describe('the development issuer', () => {
  it('serves its metadata and its public key, and nothing else', async () => {
    const key = createSigningKey();
    const { issuer, stop } = await startIssuer({ key });
    const read = async (url: string) => {
      const response = await fetch(url);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const { body } = await read(`${issuer}/.well-known/openid-configuration`);
    assert.deepEqual([body['issuer'], body['jwks_uri']], [issuer, `${issuer}/jwks`]);
    const jwks = await read(String(body['jwks_uri']));
    assert.deepEqual(jwks.body, { keys: [key.publicJwk] });
    assert.ok(!('d' in key.publicJwk), 'no private key');
    for (const other of ['/', '/token', '/jwks/x', '/constructor'])
      assert.equal((await read(issuer + other)).status, 404, other);
    await stop();
    await stop();
  });
});
