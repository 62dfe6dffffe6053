import type { Knex } from 'knex';

/** How long a row stays after its window, in ms: more than the clocks of two replicas may differ. */
const GRACE = 3_600_000;
/** The time between two runs of one process, in ms. */
const INTERVAL = 60_000;
/** The rows of one statement. */
const MOST_ROWS = 1_000;

/**
 * Returns a function to call with every request. At most once in a minute, it deletes the rows whose window ended an hour ago.
 * Replicas do not wait for each other. Resolves when the rows are deleted; rejects if PostgreSQL does not answer.
 */
export function createPruner(database: Knex, now: () => number = Date.now): () => Promise<void> {
  let next = 0;
  return async () => {
    if (now() < next) return;
    next = now() + INTERVAL;
    while ((await deleteSome(database, now() - GRACE)) === MOST_ROWS);
  };
}

async function deleteSome(database: Knex, before: number): Promise<number> {
  const { rowCount } = await database.raw<{ rowCount: number }>(
    `with ended as materialized (
       select key from rate_limits where expire < ? limit ${MOST_ROWS} for update skip locked
     )
     delete from rate_limits using ended where rate_limits.key = ended.key`,
    [before],
  );
  return rowCount;
}
