import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startPostgres } from '../../src/devkit/postgres/postgres.ts';
import { connectDatabase } from '../../src/runtime/database/database.ts';
import { createRateLimiter } from '../../src/runtime/rate-limit.ts';
import { up } from '../../src/runtime/tables/rate-limits.ts';
import type { Part } from './part.ts';

/** The limiter with a PostgreSQL of its own on this machine; a call waits for the answer of PostgreSQL. */
export async function rateLimitPart(): Promise<Part> {
  const server = await startPostgres();
  const database = connectDatabase({ serviceName: 'bench', databaseUrl: server.url(), databasePoolMax: 2 });
  await up(database);
  const limiter = createRateLimiter(database, { patience: 30_000 });
  const wide = { limit: 1_000_000_000, window: 86_400 };
  const narrow = { limit: 1, window: 86_400 };
  await limiter.consume('over', narrow);
  return {
    calls: {
      'rate limit, a request within the limit': async () =>
        assert.equal((await limiter.consume('caller', wide))?.isAllowed, true),
      'rate limit, the first request of a caller': async () =>
        assert.equal((await limiter.consume(randomUUID(), wide))?.isAllowed, true),
      'rate limit, a request over the limit': async () =>
        assert.equal((await limiter.consume('over', narrow))?.isAllowed, false),
    },
    async stop() {
      await database.destroy();
      await server.stop();
    },
  };
}
