import type { Knex } from 'knex';
import { isConflict } from '../database/error-kind.ts';

/** A statement of rate-limiter-flexible, with the name of a prepared statement. */
interface NamedQuery {
  text: string;
  values: readonly unknown[];
  name?: string;
}

interface Connection {
  query(query: { text: string; values: readonly unknown[] }): Promise<{ rows: object[] }>;
}

/** The part of Knex's client that its types omit. */
interface ConnectionPool {
  acquireConnection(): Promise<Connection>;
  releaseConnection(connection: Connection): Promise<void>;
}

/**
 * Returns a client for rate-limiter-flexible that runs each statement in a transaction of its own, on a connection of the pool.
 * It repeats a statement that PostgreSQL aborts for a conflict, where transactions are not READ COMMITTED by default. It leaves out the names of statements, since a pooler such as PgBouncer may send the next execution to another server process
 * (https://www.pgbouncer.org/features.html).
 */
export function createStore(database: Knex) {
  const pool: ConnectionPool = database.client;
  return {
    async query({ text, values }: NamedQuery): Promise<{ rows: object[] }> {
      const connection = await pool.acquireConnection();
      try {
        return await unlessConflict(() => connection.query({ text, values }));
      } finally {
        await pool.releaseConnection(connection);
      }
    },
  };
}

/** Each round of conflicts has one winner, so this ends. */
async function unlessConflict<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
