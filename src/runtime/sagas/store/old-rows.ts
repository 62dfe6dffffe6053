import type { Knex } from 'knex';
import { deletedBatch, deleteInBatches } from '../../database/pruning/batches.ts';

/** A saga has about ten rows, so a statement deletes up to 2,000. */
const SAGAS_AT_ONCE = 200;

/** Only one transaction deletes the row of a saga, and it alone deletes the other rows. */
const ended = `
  with deleted as (
    delete from saga_instances where ctid = any (array(
      select ctid from saga_instances where ended_at >= ? and ended_at < ?
      order by ended_at limit ? for update skip locked))
    returning saga, id, ended_at
  ), ${['steps', 'timeouts', 'history', 'early_replies'].map(rowsOf).join(', ')} ${deletedBatch('ended_at')}`;

function rowsOf(name: string): string {
  const table = `saga_${name}`;
  return `${name} as (
    delete from ${table} using deleted where ${table}.saga = deleted.saga and ${table}.id = deleted.id
  )`;
}

/** The replies of a running saga are needed, however old they are. */
const strayReplies = `
  with deleted as (
    delete from saga_early_replies where ctid = any (array(
      select ctid from saga_early_replies as early where received_at >= ? and received_at < ?
        and not exists (select from saga_instances as instance where instance.saga = early.saga and instance.id = early.id)
      order by received_at limit ? for update skip locked))
    returning received_at
  ) ${deletedBatch('received_at')}`;

const requests = `
  with deleted as (
    delete from saga_requests where ctid = any (array(
      select ctid from saga_requests where used_at >= ? and used_at < ? order by used_at limit ? for update skip locked))
    returning used_at
  ) ${deletedBatch('used_at')}`;

/**
 * Deletes the sagas that ended more than `retention` ms ago, with all of their rows, and the replies of the same age that no saga
 * received, until `stopped` returns true. Resolves to the number of sagas and replies. Safe in several replicas at once.
 */
export async function deleteEnded(
  database: Knex,
  retention: number,
  stopped: () => boolean,
): Promise<number> {
  const before = await timeBefore(database, retention);
  const sagas = await deleteInBatches(database, ended, before, { stopped, batchSize: SAGAS_AT_ONCE });
  return sagas + (await deleteInBatches(database, strayReplies, before, { stopped }));
}

/** Deletes the requests that were last received more than `retention` ms ago, like `deleteEnded`. */
export async function deleteRequests(
  database: Knex,
  retention: number,
  stopped: () => boolean,
): Promise<number> {
  return deleteInBatches(database, requests, await timeBefore(database, retention), { stopped });
}

/** By the clock of the database, which wrote the rows. */
async function timeBefore(database: Knex, retention: number): Promise<Date> {
  const { rows } = await database.raw<{ rows: [{ before: Date }] }>(
    `select now() - cast(? as float8) * interval '1 millisecond' as before`,
    [retention],
  );
  return rows[0].before;
}
