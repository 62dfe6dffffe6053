import type { Knex } from 'knex';
import type { SagaDefinition } from '../definition/saga.ts';
import type { EarlyReply, SagaInstance, SagaStatus, StepStatus } from '../machine/instance.ts';
import { liftState } from './state.ts';

/** A saga as it is stored, in the version of the definition. */
export interface StoredSaga<State> {
  readonly instance: SagaInstance<State>;
  readonly correlationId: string;
  /** How long each step has had its status, in seconds. */
  readonly seconds: ReadonlyMap<string, number>;
}

interface Row {
  version: number;
  status: SagaStatus;
  stuck: boolean;
  state: unknown;
  correlationId: string;
  steps: { step: string; status: StepStatus; group: number; attempts: number; seconds: number }[];
  early: EarlyReply[];
}

const earlyRows = `
  coalesce((
    select json_agg(json_build_object('step', step, 'outcome', outcome, 'event', event) order by received_at)
    from saga_early_replies as early where early.saga = :saga and early.id = :id
  ), '[]')`;

const load = `
  select version, status, stuck, state, correlation_id as "correlationId", (
    select json_agg(json_build_object(
      'step', step, 'status', step.status, 'group', request_group, 'attempts', attempts,
      'seconds', extract(epoch from clock_timestamp() - changed_at)))
    from saga_steps as step where step.saga = :saga and step.id = :id
  ) as steps, ${earlyRows} as early
  from saga_instances where saga = :saga and id = :id`;

/**
 * Resolves to the saga, which the caller has locked; undefined if there is none. Rejects with a `NewerStateError` if a newer release
 * has written it.
 */
export async function loadSaga<State>(
  trx: Knex.Transaction,
  definition: SagaDefinition<State>,
  id: string,
): Promise<StoredSaga<State> | undefined> {
  const { rows } = await trx.raw<{ rows: Row[] }>(load, { saga: definition.name, id });
  const [row] = rows;
  if (!row) return undefined;
  const { status, stuck, correlationId, early } = row;
  const steps = new Map(
    row.steps.map(({ step, status: now, group, attempts }) => [step, { status: now, group, attempts }]),
  );
  return {
    instance: { ...{ id, status, early, steps, isStuck: stuck }, state: liftState(definition, id, row) },
    correlationId,
    seconds: new Map(row.steps.map(({ step, seconds }) => [step, seconds])),
  };
}

/** Resolves to the replies that arrived before the saga. */
export async function loadEarly(trx: Knex.Transaction, saga: string, id: string): Promise<EarlyReply[]> {
  const { rows } = await trx.raw<{ rows: { early: EarlyReply[] }[] }>(`select ${earlyRows} as early`, {
    saga,
    id,
  });
  return rows[0]?.early ?? [];
}
