import type { Knex } from 'knex';

/** The namespace of our advisory locks, the bytes of "saga"; the second half is the bucket. */
export const SAGA_LOCK_SPACE = 0x7361_6761;

/** The name of a saga and the id of an instance. */
export interface SagaKey {
  readonly saga: string;
  readonly id: string;
}

const locked = `
  select pg_advisory_xact_lock(${SAGA_LOCK_SPACE}, bucket) from (
    select distinct (hashtextextended(key, 0) & 1023)::int as bucket from unnest(?::text[]) as saga (key) order by bucket
  ) as buckets`;

const held = new WeakMap<Knex.Transaction, Set<string>>();

/** Returns the name under which a saga is locked. */
export const lockName = ({ saga, id }: SagaKey): string => `${saga}/${id}`;

/**
 * Prevents other transactions from changing these sagas until `trx` ends, also sagas that do not exist yet. A lock per saga would
 * fill the lock table, so there are 1,024 buckets. They are locked in order, so take all locks of a transaction in one call, before
 * the rows of handlers: then transactions cannot deadlock. Safe to repeat.
 */
export async function lockSagas(trx: Knex.Transaction, names: readonly string[]): Promise<void> {
  const known = held.get(trx) ?? new Set();
  const missing = names.filter((name) => !known.has(name));
  if (missing.length === 0) return;
  await trx.raw(locked, [missing]);
  held.set(trx, new Set([...known, ...missing]));
}
