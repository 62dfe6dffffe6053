import type { Knex } from 'knex';

/**
 * A transaction of the bus. It reads what is committed, whatever the database's default: a lock that was waited for shows
 * then what its holder left, and not what was there before (PostgreSQL, 13.2). In a transaction it is a savepoint of that
 * one. Rejects with what made it fail, even where it could then not be rolled back either.
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
