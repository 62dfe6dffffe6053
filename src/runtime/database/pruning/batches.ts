import type { Knex } from 'knex';
import { inTransaction } from '../transaction-failure.ts';

export interface BatchesOptions {
  /** The most rows of one statement. */
  batchSize?: number;
  stopped?: () => boolean;
}

/** `last` is the time of the last deleted row, in ms since 1970. */
interface DeletedBatch {
  count: number;
  last: number | null;
}

/**
 * Runs `statement` until it finds no more rows before `before`, or `stopped` returns true. Resolves to the number of deleted rows. The
 * statement has three parameters, the time at which it begins, `before`, and the most rows to delete, and returns `count` and
 * `last`, as `deletedBatch` selects them. Each statement begins where the one before ended: an old snapshot, such as that of a backup,
 * keeps deleted rows in the index, and reading them again would take longer with each statement. A row that appears behind that
 * place is deleted by a later call.
 */
export async function deleteInBatches(
  database: Knex,
  statement: string,
  before: Date,
  { batchSize = 1_000, stopped = () => false }: BatchesOptions = {},
): Promise<number> {
  let deleted = 0;
  let from: Date | '-infinity' = '-infinity';
  while (!stopped()) {
    const { rows } = await inTransaction(database, (trx) =>
      trx.raw<{ rows: [DeletedBatch] }>(statement, [from, before, batchSize]),
    );
    const [{ count, last }] = rows;
    deleted += count;
    if (count < batchSize || last === null) break;
    from = new Date(last);
  }
  return deleted;
}

/** Selects the result of `deleteInBatches` from the rows of `deleted`, whose time is in `column`. */
export const deletedBatch = (column: string): string =>
  `select count(*)::int as count, floor(extract(epoch from max(${column})) * 1000)::float8 as last from deleted`;
