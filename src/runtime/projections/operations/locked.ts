import type { Knex } from 'knex';
import { hasCode } from '../../database/error-kind.ts';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { SQL_STATE } from '../../database/sql-state.ts';
import { ProjectionError } from './projection-error.ts';

/** Runs an operation in one transaction that waits for each lock at most `patience` ms. Rejects with a `ProjectionError` after that. */
export async function inLockedTransaction<T>(
  database: Knex,
  { projection, patience }: { projection: string; patience: number },
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await inTransaction(database, async (trx) => {
      rejectRolledBack(trx);
      await trx.raw(`set local lock_timeout = '${patience}ms'`);
      return work(trx);
    });
  } catch (cause) {
    if (!hasCode(cause, SQL_STATE.LOCK_NOT_AVAILABLE)) throw cause;
    throw new ProjectionError(
      `projection ${projection} was locked for longer than ${patience} ms: a batch is being handled, or another operation runs; nothing was changed, so try again`,
      { cause },
    );
  }
}
