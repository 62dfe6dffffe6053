import { randomBytes } from 'node:crypto';
import { dropDatabase } from '../../src/devkit/postgres/drop-database.ts';
import { type PostgresServer, startPostgres } from '../../src/devkit/postgres/postgres.ts';
import { query } from './query.ts';

export interface TestDatabase {
  url: string;
  /** Ends its connections and drops it. Safe to repeat. */
  drop: () => Promise<void>;
}

let server: Promise<PostgresServer> | undefined;

/** The default isolation level of transactions. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

/**
 * Resolves to an empty database on a PostgreSQL that this process shares and that ends with the process, however that ends.
 * `isolation` is the default of its transactions: TEST_DATABASE_ISOLATION if not given, else PostgreSQL's.
 */
export async function createDatabase(
  isolation: string | undefined = process.env['TEST_DATABASE_ISOLATION'],
): Promise<TestDatabase> {
  server ??= startPostgres();
  const { url } = await server;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(url(), `create database ${name}`);
  if (isolation)
    await query(url(), `alter database ${name} set default_transaction_isolation = '${isolation}'`);
  return { url: url(name), drop: () => dropDatabase(url(), name) };
}
