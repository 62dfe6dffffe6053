import type { Knex } from 'knex';

/**
 * Runs a transaction of the bus. It is READ COMMITTED, whatever the database's default, so that a statement which waited for
 * a lock sees the changes of the lock's holder (PostgreSQL, 13.2). Inside a transaction it is a savepoint. Rejects with the
 * original error, even if the rollback fails too.
 */
export async function inTransaction<T>(
  database: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  let first: { error: unknown } | undefined;
  try {
    return await database.transaction(
      async (trx) => {
        try {
          return await work(trx);
        } catch (error) {
          first = { error };
          throw error;
        }
      },
      { isolationLevel: 'read committed' },
    );
  } catch (error) {
    throw first ? first.error : error;
  }
}
