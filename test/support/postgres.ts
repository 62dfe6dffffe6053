import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from '../../src/devkit/postgres/postgres.ts';

export interface TestDatabase {
  url: string;
  /** Ends its connections and removes it. Safe to repeat. */
  drop: () => Promise<void>;
}

let server: Promise<PostgresServer> | undefined;

/**
 * Resolves to an empty database on a PostgreSQL that this process shares and that ends with the process, whatever way it
 * ends.
 */
export async function createDatabase(): Promise<TestDatabase> {
  server ??= startPostgres();
  const { url } = await server;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(url(), `create database ${name}`);
  return { url: url(name), drop: () => query(url(), `drop database if exists ${name} with (force)`) };
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
