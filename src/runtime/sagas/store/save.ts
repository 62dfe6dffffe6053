import type { Knex } from 'knex';
import type { SagaEvent } from '../definition/reply.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import { isEnded, type EarlyReply, type SagaInstance, type Transition } from '../machine/instance.ts';
import type { SagaKey } from './lock.ts';
import { stateText } from './state.ts';

/** Why a saga changed, for its history. */
export type Cause =
  | { readonly event: string; readonly source: string; readonly id: string }
  | { readonly timer: string }
  | { readonly command: string; readonly step?: string; readonly reason?: string };

const steps = `
  steps as (
    insert into saga_steps (saga, id, step, status, request_group, attempts)
    select instance.saga, instance.id, step, status, request_group, attempts
    from instance, jsonb_to_recordset(cast(:steps as jsonb)) as new (step text, status text, request_group int, attempts int)
    on conflict (saga, id, step) do update set
      status = excluded.status, request_group = excluded.request_group, attempts = excluded.attempts,
      changed_at = clock_timestamp()
  ), timers as (
    insert into saga_timeouts (saga, id, name, due_at)
    select instance.saga, instance.id, name, clock_timestamp() + after * interval '1 millisecond'
    from instance, jsonb_to_recordset(cast(:timers as jsonb)) as new (name text, after float8)
    on conflict (saga, id, name) do update set due_at = excluded.due_at, command = null, failures = 0, error = null
  ), canceled as (
    delete from saga_timeouts using instance
    where saga_timeouts.saga = instance.saga and saga_timeouts.id = instance.id and name = any (cast(:canceled as text[]))
  ), history as (
    insert into saga_history (saga, id, revision, cause, status, changes, published)
    select saga, id, revision, cast(:cause as jsonb), :status, cast(:changes as jsonb), cast(:published as jsonb) from instance
  ) select revision from instance`;

const insert = `
  with instance as (
    insert into saga_instances (saga, id, version, status, stuck, state, correlation_id, ended_at)
    values (:saga, :id, :version, :status, :stuck, cast(:state as jsonb), :correlationId,
      case when cast(:ended as boolean) then clock_timestamp() end)
    on conflict do nothing returning saga, id, revision
  ), ${steps}`;

const update = `
  with instance as (
    update saga_instances set version = :version, status = :status, stuck = :stuck, state = cast(:state as jsonb),
      revision = revision + 1, updated_at = clock_timestamp(), ended_at = case when cast(:ended as boolean) then clock_timestamp() end
    where saga = :saga and id = :id returning saga, id, revision
  ), ${steps}`;

/** Stores a new saga. Resolves to false, and stores nothing, if it exists. */
export async function insertSaga<State>(
  trx: Knex.Transaction,
  definition: SagaDefinition<State>,
  transition: Transition<State>,
  cause: Cause,
  correlationId: string,
): Promise<boolean> {
  const values = { ...bindingsOf(definition, undefined, transition, cause), correlationId };
  const { rows } = await trx.raw<{ rows: object[] }>(insert, values);
  return rows.length > 0;
}

/** Stores the result of an input to the saga `before`. */
export async function updateSaga<State>(
  trx: Knex.Transaction,
  definition: SagaDefinition<State>,
  before: SagaInstance<State>,
  transition: Transition<State>,
  cause: Cause,
): Promise<void> {
  await trx.raw(update, bindingsOf(definition, before, transition, cause));
  await replaceEarly(trx, { saga: definition.name, id: before.id }, before.early, transition.instance.early);
}

function bindingsOf<State>(
  definition: SagaDefinition<State>,
  before: SagaInstance<State> | undefined,
  { instance, timers, changes, messages }: Transition<State>,
  cause: Cause,
) {
  const { id, status, isStuck, state } = instance;
  const changed = [...instance.steps].filter(([name, step]) => before?.steps.get(name) !== step);
  const entries = [...timers];
  return {
    ...{
      id,
      status,
      saga: definition.name,
      version: definition.version,
      stuck: isStuck,
      ended: isEnded(instance),
    },
    state: stateText(definition, id, state),
    steps: JSON.stringify(
      changed.map(([step, { status: now, group, attempts }]) => ({
        step,
        status: now,
        request_group: group,
        attempts,
      })),
    ),
    timers: JSON.stringify(
      entries.flatMap(([name, after]) => (after === undefined ? [] : [{ name, after }])),
    ),
    canceled: entries.flatMap(([name, after]) => (after === undefined ? [name] : [])),
    cause: JSON.stringify(cause),
    changes: JSON.stringify(changes),
    published: JSON.stringify(
      messages.map(({ definition: { type, topic }, aggregateId }) => ({ type, topic, key: aggregateId })),
    ),
  };
}

/** Stores a reply that arrived before its saga or its step; of several, the first one of a step. */
export async function keepEarlyReply(
  trx: Knex.Transaction,
  key: SagaKey,
  { step, outcome, event }: EarlyReply,
): Promise<void> {
  await trx('saga_early_replies')
    .insert({ ...key, step, outcome, event: JSON.stringify(event) })
    .onConflict(['saga', 'id', 'step'])
    .ignore();
}

/** Deletes the early replies that were applied, and stores new ones. */
export async function replaceEarly(
  trx: Knex.Transaction,
  key: SagaKey,
  before: readonly EarlyReply[],
  after: readonly EarlyReply[],
): Promise<void> {
  for (const each of after.filter((one) => !before.includes(one))) await keepEarlyReply(trx, key, each);
  const applied = before.filter((one) => !after.includes(one)).map(({ step }) => step);
  if (applied.length > 0) await trx('saga_early_replies').where(key).whereIn('step', applied).delete();
}

/** Describes an event as a cause. */
export const causeOf = ({ type, source, id }: SagaEvent): Cause => ({ event: type, source, id });
