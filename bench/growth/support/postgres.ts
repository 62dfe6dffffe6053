import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import knex, { type Knex } from 'knex';
import { startPostgres } from '../../../src/devkit/postgres/postgres.ts';

export interface Server {
  url: (database: string) => string;
  /** Stops the server and starts it at the same address: a checkpoint, for which PostgreSQL wants a superuser. */
  restart: () => Promise<void>;
}

/** Resolves to the result of `work` on a new PostgreSQL server, which waits for the disk as one in production does. */
export async function withPostgres<T>(databases: string[], work: (server: Server) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-growth-'));
  try {
    let postgres = await startPostgres({ directory, databases });
    const { url, port } = postgres;
    const restart = async (): Promise<void> => {
      await postgres.stop();
      postgres = await startPostgres({ directory, port });
    };
    try {
      return await work({ url, restart });
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same with the connections to one database. */
export const withDatabase = <T>(work: (database: Knex) => Promise<T>): Promise<T> =>
  withPostgres(['growth'], async ({ url }) => {
    const database = knex({ client: 'pg', connection: url('growth'), pool: { min: 0, max: 4 } });
    try {
      return await work(database);
    } finally {
      await database.destroy();
    }
  });
