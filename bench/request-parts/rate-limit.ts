import assert from 'node:assert/strict';
import type { Request, RequestHandler, Response } from 'express';
import { Registry } from 'prom-client';
import { startPostgres } from '../../src/devkit/postgres/postgres.ts';
import { connectDatabase } from '../../src/runtime/database/database.ts';
import { createRateLimitMetrics } from '../../src/runtime/http/rate-limit/metrics.ts';
import { rateLimitChecks, type AppRateLimits } from '../../src/runtime/http/rate-limit/rate-limit-check.ts';
import { createRateLimiter } from '../../src/runtime/rate-limit.ts';
import { up } from '../../src/runtime/tables/rate-limits.ts';
import type { Part } from './part.ts';

/** The handler that checks `rateLimit`, with a PostgreSQL of its own on this machine. */
export async function rateLimitPart(): Promise<Part> {
  const server = await startPostgres();
  const database = connectDatabase({ serviceName: 'bench', databaseUrl: server.url(), databasePoolMax: 2 });
  await up(database);
  const limiter = createRateLimiter(database, { patience: 30_000 });
  const limits: AppRateLimits = { limiter, metrics: createRateLimitMetrics(new Registry()) };
  const response = { setHeader: () => response } as unknown as Response;
  const checkOf = (limit: number) => {
    const route = { method: 'get', path: '/v1/orders', rateLimit: { limit, window: 86_400 } };
    const check = rateLimitChecks(route).at(-1) as RequestHandler;
    return async (ip: string): Promise<unknown> => {
      let isAdmitted = false;
      const request = { ip, app: { get: () => limits } } as unknown as Request;
      await check(request, response, () => void (isAdmitted = true));
      return assert.equal(isAdmitted, true);
    };
  };
  const wide = checkOf(1_000_000_000);
  const narrow = checkOf(1);
  await narrow('over');
  let callers = 0;
  return {
    calls: {
      'rate limit, a request within the limit': () => wide('caller'),
      'rate limit, the first request of a caller': () => wide(`caller-${(callers += 1)}`),
      'rate limit, a request over the limit': () => assert.rejects(narrow('over'), /accepts 1 request/),
    },
    async stop() {
      await database.destroy();
      await server.stop();
    },
  };
}
