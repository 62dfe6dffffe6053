import type { Knex } from 'knex';
import { storableText } from '../../events/event/storable-text.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import type { OperatorVerb } from '../machine/instance.ts';
import type { SagaKey } from './lock.ts';

/** A timer that is due, or a command of an operator. */
export interface Timer extends SagaKey {
  readonly name: string;
}

/** The name of the row that holds a command of an operator. */
export const OPERATOR = 'operator';

/** A command of an operator, with its reason. */
export type OperatorCommand = OperatorVerb & { readonly reason?: string };

/**
 * Null for a saga that this release does not have. A subquery, since a join would read every saga, also those that have ended, and no
 * condition on `saga` alone, since PostgreSQL would then prefer another index to that of `due_at`.
 */
const isKnown = `(
    select version from saga_instances as instance where instance.saga = timer.saga and instance.id = timer.id
  ) <= (cast(:versions as int[]))[array_position(cast(:sagas as text[]), saga)]`;

/** `clock_timestamp()` would not use the index: it is volatile. */
const due = `
  select saga, id, name from saga_timeouts as timer where due_at <= statement_timestamp() and ${isKnown}
  order by due_at limit :limit`;

const next = `
  select (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "dueIn" from saga_timeouts as timer
  where ${isKnown} order by due_at limit 1`;

const knownOf = (definitions: readonly Pick<SagaDefinition, 'name' | 'version'>[]) => ({
  sagas: definitions.map(({ name }) => name),
  versions: definitions.map(({ version }) => version),
});

/** Resolves to timers that are due by the clock of the database, of sagas that this release can continue. Locks nothing. */
export async function findDueTimers(
  database: Knex,
  definitions: readonly SagaDefinition[],
  limit: number,
): Promise<Timer[]> {
  const { rows } = await database.raw<{ rows: Timer[] }>(due, { ...knownOf(definitions), limit });
  return rows;
}

/** Resolves to the milliseconds until the next timer; undefined if there is none. */
export async function nextTimer(
  database: Knex,
  definitions: readonly SagaDefinition[],
): Promise<number | undefined> {
  const { rows } = await database.raw<{ rows: { dueIn: number }[] }>(next, knownOf(definitions));
  return rows[0]?.dueIn;
}

const take = `
  select command from saga_timeouts
  where saga = :saga and id = :id and name = :name and due_at <= clock_timestamp() for update skip locked`;

/** Takes a timer in a transaction that has locked its saga. Undefined if it is not due any more, or another replica has it. */
export async function takeTimer(
  trx: Knex.Transaction,
  { saga, id, name }: Timer,
): Promise<{ command: OperatorCommand | null } | undefined> {
  const { rows } = await trx.raw<{ rows: { command: OperatorCommand | null }[] }>(take, { saga, id, name });
  return rows[0];
}

const refuse = `
  update saga_timeouts set error = :error, due_at = '9999-01-01Z' where saga = :saga and id = :id and name = :name`;

/** Stores the error of a command for its operator. The operator deletes the command. */
export async function refuseCommand(database: Knex, { saga, id, name }: Timer, error: Error): Promise<void> {
  await database.raw(refuse, { saga, id, name, error: storableText(error.message) });
}

export async function deleteTimer(trx: Knex, { saga, id, name }: Timer): Promise<void> {
  await trx('saga_timeouts').where({ saga, id, name }).delete();
}

const postpone = `
  update saga_timeouts set failures = failures + 1, error = :error,
    due_at = clock_timestamp() + least(power(2, least(failures, 12)), 3600) * interval '1 second'
  where saga = :saga and id = :id and name = :name and due_at <= clock_timestamp()`;

/** Postpones a timer that failed: by a second, doubled with each failure up to an hour. */
export async function postponeTimer(database: Knex, { saga, id, name }: Timer, error: Error): Promise<void> {
  await database.raw(postpone, { saga, id, name, error: storableText(`${error.name}: ${error.message}`) });
}
