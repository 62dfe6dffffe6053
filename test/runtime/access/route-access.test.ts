import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import joi from 'joi';
import knex from 'knex';
import { createLogger, currentPrincipal, type AuthConfig } from 'microservice-runtime';
import { createAuthenticator } from 'microservice-runtime/access';
import {
  apiRouter,
  createHttpApp,
  isOwner,
  requireOwner,
  type HttpAppOptions,
} from 'microservice-runtime/http';
import { startApp, type StartedApp } from '../http/start-app.ts';
import { startIssuer, type LoopbackIssuer } from './loopback-issuer.ts';

interface Operation {
  security?: object[];
  responses: Record<string, unknown>;
}

const answers = { responses: { 200: null } };

/** Routes for everyone, for every caller with a token, and for some of them. */
function createOrderRouter() {
  const router = apiRouter({ path: '/v1/orders', tag: 'Orders' });
  router.get('/open', { summary: 'Read prices', access: 'anyone', ...answers }, (_req, res) => {
    res.json({ principal: currentPrincipal() ?? null });
  });
  router.get('/', { summary: 'List orders', ...answers }, (_req, res) => {
    res.json({ subject: currentPrincipal()?.subject });
  });
  const access = { scopes: ['orders:write'] };
  const body = joi.object({ code: joi.string().required() });
  router.post('/', { summary: 'Create an order', access, body, ...answers }, (_req, res) => {
    res.json({});
  });
  const admins = { roles: ['admin', 'auditor'] };
  router.get('/audit', { summary: 'Audit orders', access: admins, ...answers }, (_req, res) => {
    res.json({});
  });
  router.get('/:owner/secret', { summary: 'Read a secret', ...answers }, (req, res) => {
    requireOwner(String(req.params['owner']), { roles: ['admin'] });
    res.json({ owns: isOwner('somebody else') });
  });
  return router;
}

describe('the access of a route', () => {
  const database = knex({ client: 'pg' });
  let issuer: LoopbackIssuer;
  let auth: AuthConfig;
  let started: StartedApp;

  const optionsFor = (more: Partial<HttpAppOptions> = {}) => ({
    database,
    routers: [createOrderRouter()],
    app: {
      config: { auth, serviceName: 'order-service' },
      authenticator: createAuthenticator({ auth }),
      ...more,
    },
  });

  before(async () => {
    issuer = await startIssuer();
    auth = {
      issuer: issuer.url,
      audience: 'orders',
      algorithms: ['ES256'],
      clockSkew: 0,
      rolesClaim: 'roles',
    };
    started = await startApp(optionsFor());
  });
  after(async () => {
    await started.server.stop();
    await issuer.stop();
  });

  const call = async (method: string, path: string, claims?: object, more: Record<string, string> = {}) => {
    const authorization = claims ? `Bearer ${await issuer.sign(new Date(), { ...claims })}` : undefined;
    const headers = { ...(authorization && { authorization }), ...more };
    const response = await started.request(path, { method, headers });
    const text = await response.text();
    const body: Record<string, unknown> = JSON.parse(text || '{}');
    return { status: response.status, body, challenge: response.headers.get('www-authenticate'), response };
  };

  it('for anyone needs no token, and reads none', async () => {
    assert.deepEqual((await call('GET', '/v1/orders/open')).body, { principal: null });
    const refused = { authorization: 'Bearer nonsense' };
    assert.equal((await call('GET', '/v1/orders/open', undefined, refused)).status, 200);
  });

  it('is authenticated by default: no token, 401 without an error code', async () => {
    const { status, body, challenge, response } = await call('GET', '/v1/orders');
    assert.equal(status, 401);
    assert.equal(challenge, 'Bearer realm="order-service"');
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.equal(body['title'], 'Unauthorized');
    const basic = await call('GET', '/v1/orders', undefined, { authorization: 'Basic YTpi' });
    assert.deepEqual([basic.status, basic.challenge], [401, 'Bearer realm="order-service"']);
  });

  it('admits a valid token, whose subject is in the context and in the log', async () => {
    const { status, body } = await call('GET', '/v1/orders', { sub: 'ada' }, { 'x-request-id': 'of-ada' });
    assert.equal(status, 200);
    assert.deepEqual(body, { subject: 'ada' });
    const line = started.lines.find(({ request_id, msg }) => request_id === 'of-ada' && msg === 'request');
    assert.equal(line?.['principal'], 'ada');
    assert.equal(line['route'], '/v1/orders');
  });

  it('answers 401 and the fault to an invalid token, which no answer and no log line repeats', async () => {
    const expired = await call('GET', '/v1/orders', { exp: 1 });
    assert.equal(expired.status, 401);
    assert.equal(
      expired.challenge,
      'Bearer realm="order-service", error="invalid_token", error_description="The token has expired."',
    );
    for (const authorization of ['Bearer', 'Bearer a b', 'bearer "quoted"', 'Bearer secret-token-of-ada']) {
      const { status, challenge } = await call('GET', '/v1/orders', undefined, { authorization });
      assert.equal(status, 401, authorization);
      assert.match(challenge ?? '', /error="invalid_token"/);
    }
    assert.doesNotMatch(JSON.stringify(started.lines), /secret-token-of-ada/);
  });

  it('answers 431 to a token that is larger than the headers may be, and works on', async () => {
    const huge = { authorization: `Bearer ${'a'.repeat(100_000)}` };
    assert.equal((await call('GET', '/v1/orders', undefined, huge)).status, 431);
    assert.equal((await call('GET', '/v1/orders', { sub: 'ada' })).status, 200);
  });

  it('refuses a request with two headers Authorization, in either order', async () => {
    const valid = ['Authorization', `Bearer ${await issuer.sign(new Date())}`];
    const { host } = new URL(started.server.url);
    for (const pair of [
      [valid, ['authorization', 'Bearer forged']],
      [['authorization', 'Basic YTpi'], valid],
    ]) {
      const req = get(`${started.server.url}/v1/orders`, { headers: ['host', host, ...pair.flat()] });
      const [res] = (await once(req, 'response')) as [IncomingMessage];
      res.resume();
      assert.equal(res.statusCode, 401);
      assert.match(res.headers['www-authenticate'] ?? '', /more than one header Authorization/);
    }
  });

  it('takes no token from the query', async () => {
    const token = await issuer.sign(new Date());
    assert.equal((await call('GET', `/v1/orders?access_token=${token}`)).status, 401);
  });

  it('with scopes requires every one, and is checked before the body', async () => {
    const { status, challenge, body } = await call('POST', '/v1/orders', { scope: 'orders:read' });
    assert.equal(status, 403);
    assert.equal(challenge, 'Bearer realm="order-service", error="insufficient_scope", scope="orders:write"');
    assert.match(String(body['detail']), /requires the scope orders:write/);
    assert.equal((await call('POST', '/v1/orders')).status, 401);
    assert.equal((await call('POST', '/v1/orders', { scope: 'orders:write x' })).status, 400);
  });

  it('with roles requires one of them', async () => {
    assert.equal((await call('GET', '/v1/orders/audit', { roles: ['clerk'] })).status, 403);
    assert.equal((await call('GET', '/v1/orders/audit', { roles: ['auditor'] })).status, 200);
    assert.equal((await call('HEAD', '/v1/orders/audit')).status, 401);
  });

  it('leaves an object to its owner, and to the named roles', async () => {
    assert.deepEqual((await call('GET', '/v1/orders/ada/secret', { sub: 'ada' })).body, { owns: false });
    const other = await call('GET', '/v1/orders/ada/secret', { sub: 'eve' });
    assert.deepEqual([other.status, other.challenge], [403, null]);
    assert.equal((await call('GET', '/v1/orders/ada/secret', { sub: 'eve', roles: ['admin'] })).status, 200);
  });

  it('answers 503 with Retry-After while the issuer has never answered', async () => {
    const away = { ...auth, issuer: 'http://127.0.0.1:1' };
    const app = { config: { auth: away }, authenticator: createAuthenticator({ auth: away }) };
    const { request, server } = await startApp(optionsFor(app));
    const headers = { authorization: `Bearer ${await issuer.sign(new Date())}` };
    const response = await request('/v1/orders', { headers });
    await server.stop();
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
  });

  it('never concerns health and metrics, nor documents unless they are closed', async () => {
    for (const path of ['/health/live', '/metrics', '/docs', '/openapi.json', '/'])
      assert.equal((await started.request(path)).status, 200, path);
  });

  describe('with DOCS=closed', () => {
    const documents = ['/docs', '/docs/swagger-ui.css', '/openapi.json', '/'];

    it('requires a token for the documents', async () => {
      const config = { auth, http: { docs: 'closed' as const } };
      const { request, server } = await startApp(optionsFor({ config }));
      const headers = { authorization: `Bearer ${await issuer.sign(new Date())}` };
      for (const path of documents) {
        assert.equal((await request(path)).status, 401, path);
        assert.equal((await request(path, { headers })).status, 200, path);
      }
      assert.equal((await request('/health/live')).status, 200);
      assert.equal((await request('/metrics')).status, 200);
      await server.stop();
    });

    it('hides the documents of a service without tokens', async () => {
      const app = { config: { http: { docs: 'closed' as const } }, authenticator: undefined };
      const { request, server } = await startApp(optionsFor(app));
      for (const path of documents) assert.equal((await request(path)).status, 404, path);
      assert.equal((await request('/v1/orders')).status, 200, 'without an authenticator, everyone may call');
      await server.stop();
    });
  });

  it('is documented with its scopes and its refusals', async () => {
    const document = (await (await started.request('/openapi.json')).json()) as {
      security: object[];
      paths: Record<string, Record<string, Operation>>;
      components: { securitySchemes: object };
    };
    const { paths, security, components } = document;
    assert.deepEqual(security, [{ bearer: [] }]);
    assert.deepEqual(components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer' } });
    const open = paths['/v1/orders/open']?.['get'];
    const list = paths['/v1/orders']?.['get'];
    const create = paths['/v1/orders']?.['post'];
    assert.deepEqual(open?.security, []);
    assert.equal(list?.security, undefined);
    assert.deepEqual(create?.security, [{ bearer: ['orders:write'] }]);
    const refusals = (operation?: Operation) =>
      Object.keys(operation?.responses ?? {}).filter((status) => ['401', '403'].includes(status));
    assert.deepEqual([open, list, create].map(refusals), [[], ['401'], ['401', '403']]);
  });

  describe('stops an app that would be open by mistake', () => {
    const logger = createLogger({ serviceName: 'order-service', logLevel: 'silent' });
    const create = (more: Partial<HttpAppOptions>) => () => {
      const { app, routers } = optionsFor(more);
      createHttpApp({ logger, info: { title: 'orders', version: '1' }, routers, database, ...app });
    };

    it('since it has an issuer and no authenticator', () => {
      assert.throws(create({ authenticator: undefined }), /AUTH_ISSUER is set, .* createAuthenticator/);
    });

    it('since a handler of its own authenticates, which does not check the access of routes', () => {
      const authenticate = () => undefined;
      assert.throws(
        create({ authenticator: undefined, authenticate }),
        /GET \/v1\/orders\/open has "access"/,
      );
    });

    it('since a route was added to Express itself', () => {
      const router = createOrderRouter();
      router.express.get('/raw', (_req, res) => void res.json({}));
      assert.throws(create({ routers: [router] }), /router \/v1\/orders has a route without "access"/);
    });
  });
});
