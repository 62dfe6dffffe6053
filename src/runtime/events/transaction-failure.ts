import type { Knex } from 'knex';

/** A transaction that rejects with what made it fail, even where it could then not be rolled back either. */
export async function inTransaction<T>(
  database: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  let first: { error: unknown } | undefined;
  try {
    return await database.transaction(async (trx) => {
      try {
        return await work(trx);
      } catch (error) {
        first = { error };
        throw error;
      }
    });
  } catch (error) {
    throw first ? first.error : error;
  }
}
