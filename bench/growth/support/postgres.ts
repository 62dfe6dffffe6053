import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex, { type Knex } from 'knex';
import { startPostgres } from '../../../src/devkit/postgres/postgres.ts';

/** Resolves to the result of `work` on a new PostgreSQL server, which waits for the disk as one in production does. */
export async function withPostgres<T>(
  databases: string[],
  work: (url: (database: string) => string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-growth-'));
  try {
    const postgres = await startPostgres({ directory, databases });
    try {
      return await work(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same with the connections to one database. */
export const withDatabase = <T>(work: (database: Knex) => Promise<T>): Promise<T> =>
  withPostgres(['growth'], async (url) => {
    const database = knex({ client: 'pg', connection: url('growth'), pool: { min: 0, max: 4 } });
    try {
      return await work(database);
    } finally {
      await database.destroy();
    }
  });
