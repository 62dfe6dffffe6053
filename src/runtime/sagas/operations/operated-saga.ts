import type { Knex } from 'knex';
import { OPERATOR, type OperatorCommand } from '../store/timers.ts';
import type { SagaKey } from '../store/lock.ts';
import type { Cause } from '../store/save.ts';

/** A saga as an operator sees it. */
export interface SagaRow extends SagaKey {
  version: number;
  /** `stuck` if it needs an operator. */
  status: string;
  startedAt: Date;
  endedAt: Date | null;
  /** The steps that wait for an answer. */
  waitingFor: string[];
}

/** A saga with its state, its steps and its timers. */
export interface SagaDetails extends SagaRow {
  state: unknown;
  correlationId: string;
  steps: { step: string; status: string; attempts: number; changedAt: string }[];
  timers: { name: string; dueAt: string; failures: number; error: string | null }[];
}

/** A change of a saga. */
export interface HistoryRow {
  revision: number;
  at: Date;
  cause: Cause;
  status: string;
  changes: { step?: string; change: string }[];
  published: { type: string; topic: string; key: string }[];
}

/** Which sagas to list; all conditions must hold. */
export interface SagaFilter {
  saga?: string | undefined;
  id?: string | undefined;
  /** A status, or `stuck`, or `open`: every saga that has not ended. */
  status?: string | undefined;
  olderThan?: number | undefined;
}

const columns = `
  saga, id, version, case when stuck then 'stuck' else status end as status,
  started_at as "startedAt", ended_at as "endedAt", array(
    select step from saga_steps
    where saga_steps.saga = saga_instances.saga and saga_steps.id = saga_instances.id
      and saga_steps.status in ('requested', 'compensating', 'failed')
    order by changed_at
  ) as "waitingFor"`;

const isShown = `
  (cast(:saga as text) is null or saga = :saga) and (cast(:id as text) is null or id = :id)
  and case cast(:status as text)
    when 'open' then ended_at is null
    when 'stuck' then stuck
    else cast(:status as text) is null or (status = :status and not stuck) end
  and (cast(:olderThan as float8) is null
    or started_at < clock_timestamp() - cast(:olderThan as float8) * interval '1 millisecond')`;

/** Resolves to the oldest sagas of the filter, and the number of all. */
export async function findSagas(
  database: Knex,
  { saga, id, status, olderThan }: SagaFilter,
  limit: number,
): Promise<{ sagas: SagaRow[]; total: number }> {
  const filter = { saga: saga ?? null, id: id ?? null, status: status ?? null, olderThan: olderThan ?? null };
  const found = await database.raw<{ rows: SagaRow[] }>(
    `select ${columns} from saga_instances where ${isShown} order by started_at, saga, id limit :limit`,
    { ...filter, limit },
  );
  const counted = await database.raw<{ rows: [{ total: number }] }>(
    `select count(*)::int as total from saga_instances where ${isShown}`,
    filter,
  );
  return { sagas: found.rows, total: counted.rows[0].total };
}

const details = `
  select ${columns}, state, correlation_id as "correlationId", (
    select json_agg(json_build_object(
      'step', step, 'status', status, 'attempts', attempts, 'changedAt', changed_at) order by changed_at)
    from saga_steps where saga = :saga and id = :id
  ) as steps, coalesce((
    select json_agg(json_build_object(
      'name', name, 'dueAt', due_at, 'failures', failures, 'error', error) order by due_at)
    from saga_timeouts where saga = :saga and id = :id
  ), '[]') as timers
  from saga_instances where saga = :saga and id = :id`;

/** Resolves to a saga; undefined if there is none. */
export async function readSaga(database: Knex, { saga, id }: SagaKey): Promise<SagaDetails | undefined> {
  const { rows } = await database.raw<{ rows: SagaDetails[] }>(details, { saga, id });
  return rows[0];
}

/** Resolves to the changes of a saga, oldest first. */
export async function readHistory(database: Knex, { saga, id }: SagaKey): Promise<HistoryRow[]> {
  return database('saga_history')
    .where({ saga, id })
    .orderBy('revision')
    .select('revision', 'at', 'cause', 'status', 'changes', 'published');
}

/** Reports whether sagas with this name were started. False if the service has no tables of sagas. */
export async function hasSagas(database: Knex, saga: string): Promise<boolean> {
  if (!(await database.schema.hasTable('saga_instances'))) return false;
  return (await database('saga_instances').where({ saga }).first('id')) !== undefined;
}

const add = `
  insert into saga_timeouts (saga, id, name, due_at, command)
  values (:saga, :id, '${OPERATOR}', clock_timestamp(), cast(:command as jsonb))
  on conflict (saga, id, name) do update set
    due_at = excluded.due_at, command = excluded.command, failures = 0, error = null
  where saga_timeouts.error is not null
  returning name`;

/**
 * Leaves a command to the replicas of the service, one of which executes it. Resolves to false, and changes nothing, if another command
 * of the saga still waits.
 */
export async function addCommand(
  database: Knex,
  { saga, id }: SagaKey,
  command: OperatorCommand,
): Promise<boolean> {
  const { rows } = await database.raw<{ rows: object[] }>(add, {
    saga,
    id,
    command: JSON.stringify(command),
  });
  return rows.length > 0;
}

/** Resolves to the state of a command: `waiting`, `done`, or the reason for which it is impossible, which is then deleted. */
export async function settleCommand(
  database: Knex,
  { saga, id }: SagaKey,
): Promise<'waiting' | 'done' | { error: string }> {
  const where = { saga, id, name: OPERATOR };
  const row: { error: string | null } | undefined = await database('saga_timeouts')
    .where(where)
    .first('error');
  if (!row) return 'done';
  if (row.error === null) return 'waiting';
  await database('saga_timeouts').where(where).whereNotNull('error').delete();
  return { error: row.error };
}
