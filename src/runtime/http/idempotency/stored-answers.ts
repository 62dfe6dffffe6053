import type { Knex } from 'knex';
import { askOf, checkRequiredSchema, idempotencySchema } from '../../database/required-schema.ts';
import { storedHeaders, type CapturedAnswer } from './answer.ts';
import type { RequestIdentity } from './request-identity.ts';

/** The time for which an answer is stored. */
const KEPT = `interval '24 hours'`;
/** Our namespace of advisory locks: the bytes of "idem". The second half is a part of the id. */
const KEY_LOCK_SPACE = 0x6964_656d;
const BATCH = 1_000;
/** The largest body of a stored answer, in bytes: ten times the default limit of a request's body. */
export const LARGEST_STORED_BODY = 1_048_576;

/** An answer that is stored, and the fingerprint of its request. */
export interface KnownAnswer extends CapturedAnswer {
  fingerprint: Buffer;
}

/** Rejects with the remedy if the table is missing. */
export const checkTable = (database: Knex): Promise<void> =>
  checkRequiredSchema(askOf(database), idempotencySchema);

/**
 * Resolves to whether this transaction is now the only one with the id, and does not wait. Ids share 2^32 locks, so it can be
 * false for another reason than an equal request, and true later.
 */
export async function tryLock(trx: Knex.Transaction, { id }: RequestIdentity): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: [{ locked: boolean }] }>(
    `select pg_try_advisory_xact_lock(${KEY_LOCK_SPACE}, ?) as locked`,
    [id.readInt32BE(0)],
  );
  return rows[0].locked;
}

/** Resolves to the stored answer. Call it after `tryLock`, in a statement of its own, which sees what the last holder has committed. */
export async function findAnswer(
  trx: Knex.Transaction,
  { id }: RequestIdentity,
): Promise<KnownAnswer | undefined> {
  const { rows } = await trx.raw<{ rows: KnownAnswer[] }>(
    `select fingerprint, status, headers, body from idempotency_keys where id = ? and created_at > now() - ${KEPT}`,
    [id],
  );
  return rows[0];
}

/**
 * Stores an answer until the transaction commits. Resolves to false if another transaction was faster, which is possible only
 * if this one reads a snapshot from before it had the lock, as with `repeatable read`. Rejects if the body is larger than
 * LARGEST_STORED_BODY.
 */
export async function storeAnswer(
  trx: Knex.Transaction,
  { id, fingerprint }: RequestIdentity,
  answer: CapturedAnswer,
): Promise<boolean> {
  const { length } = answer.body;
  if (length > LARGEST_STORED_BODY)
    throw new Error(
      `an answer of ${length} bytes cannot be stored for its idempotency key; send at most ${LARGEST_STORED_BODY} bytes, such as the id and a Location`,
    );
  const { rows } = await trx.raw<{ rows: object[] }>(
    `insert into idempotency_keys as known (id, fingerprint, status, headers, body) values (?, ?, ?, ?, ?)
     on conflict (id) do update set fingerprint = excluded.fingerprint, status = excluded.status,
       headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
     where known.created_at <= now() - ${KEPT}
     returning status`,
    [id, fingerprint, answer.status, JSON.stringify(storedHeaders(answer)), answer.body],
  );
  return rows.length > 0;
}

/** Deletes the answers that are older than 24 hours, in batches, and resolves to their number. */
export async function pruneAnswers(database: Knex, isStopped: () => boolean): Promise<number> {
  let deleted = 0;
  for (let count = BATCH; count === BATCH && !isStopped(); deleted += count) {
    const { rowCount } = await database.raw<{ rowCount: number }>(
      `delete from idempotency_keys where id in (
         select id from idempotency_keys where created_at <= now() - ${KEPT} limit ${BATCH} for update skip locked
       )`,
    );
    count = rowCount;
  }
  return deleted;
}
