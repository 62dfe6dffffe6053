import type { Knex } from 'knex';
import joi from 'joi';
import { connectDatabase, UnauthorizedError, type Principal } from 'microservice-runtime';
import { apiRouter, type Authenticator, type HttpAppOptions } from 'microservice-runtime/http';
import { createRateLimiter } from 'microservice-runtime/rate-limit';
import { startApp, type StartedApp } from '../http/start-app.ts';

/** The limit of the routes of `limitedRouter`. */
export const rateLimit = { limit: 3, window: 60 };

const answers = { responses: { 200: joi.object() } };

/** Routes with a limit, for everyone and for callers with a token. */
export function limitedRouter() {
  const router = apiRouter({ path: '/v1/codes', tag: 'Codes' });
  router.get('/open', { summary: 'Read open', access: 'anyone', rateLimit, ...answers }, (_req, res) => {
    res.json({});
  });
  router.get('/', { summary: 'List codes', rateLimit, ...answers }, (_req, res) => {
    res.json({});
  });
  router.get('/unlimited', { summary: 'List all codes', ...answers }, (_req, res) => {
    res.json({});
  });
  const body = joi.object({ code: joi.string().required() });
  router.post('/', { summary: 'Create a code', rateLimit, body, ...answers }, (_req, res) => {
    res.json({});
  });
  router.get('/fails', { summary: 'Fail', rateLimit, ...answers }, () => {
    throw new Error('broken');
  });
  const access = { roles: ['admin'] };
  router.get('/secret', { summary: 'Read a secret', access, rateLimit, ...answers }, (_req, res) => {
    res.json({});
  });
  return router;
}

/** Accepts tokens such as `issuer.ada`, which name an issuer and a subject. */
export const authenticator: Authenticator = {
  authenticate(token) {
    const [issuer = '', subject] = token.split('.');
    if (!subject) return Promise.reject(new UnauthorizedError('malformed', { error: 'invalid_token' }));
    const principal: Principal = { issuer, subject, scopes: [], roles: [], claims: {} };
    return Promise.resolve(principal);
  },
};

export interface LimitedApp extends StartedApp {
  database: Knex;
  /** Sends a GET with a token. */
  get: (path: string, token?: string, headers?: Record<string, string>) => Promise<Response>;
  stop: () => Promise<void>;
}

/** Starts one replica with connections of its own. */
export async function startLimitedApp(
  databaseUrl: string,
  more: Partial<HttpAppOptions> = {},
): Promise<LimitedApp> {
  const database = connectDatabase({ serviceName: 'limited', databaseUrl, databasePoolMax: 4 });
  const rateLimiter = createRateLimiter(database, { patience: 30_000 });
  const app = { authenticator, rateLimiter, ...more };
  const started = await startApp({ database, routers: [limitedRouter()], app });
  return {
    ...started,
    database,
    get: (path, token, headers = {}) =>
      started.request(path, { headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers } }),
    async stop() {
      await started.server.stop();
      await database.destroy();
    },
  };
}
