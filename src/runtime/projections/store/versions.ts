import type { Knex } from 'knex';
import type { PartitionPlace } from '../../events/inbox/positions.ts';

/** A version of a projection, as PostgreSQL knows it. */
export interface StoredVersion {
  projection: string;
  version: number;
  table: string;
  group: string;
  topics: string[];
  status: 'waiting' | 'live' | 'dropped';
  /** The first offset that it reads, by `topic/partition`; null until it begins. */
  beginOffsets: Record<string, number> | null;
  begunAt: Date | null;
  activatedAt: Date | null;
  /** The version that is read now. */
  active: number;
  /** The version that was read before. */
  previous: number | null;
}

export type NewVersion = Pick<StoredVersion, 'projection' | 'version' | 'table' | 'group' | 'topics'>;

const columns = `
  projection, version, table_name as "table", consumer_group as "group", topics, status,
  begin_offsets as "beginOffsets", begun_at as "begunAt", activated_at as "activatedAt", active, previous`;

/** Resolves to the versions of one projection, or of all, the oldest first, dropped ones included. */
export async function readVersions(database: Knex, projection?: string): Promise<StoredVersion[]> {
  const { rows } = await database.raw<{ rows: StoredVersion[] }>(
    `select ${columns} from projection_versions join projection_active using (projection)
     where cast(:projection as text) is null or projection = :projection order by projection, version`,
    { projection: projection ?? null },
  );
  return rows;
}

/** Locks a projection against other operations. Resolves to its versions; to none if it is unknown. */
export async function lockProjection(trx: Knex.Transaction, projection: string): Promise<StoredVersion[]> {
  await trx.raw('select from projection_active where projection = ? for update', [projection]);
  return readVersions(trx, projection);
}

/**
 * Registers versions of one projection; those that are known stay as they are. The first version of a projection is active, the newest
 * one if there are several. Safe in several replicas at once.
 */
export async function registerVersions(
  trx: Knex.Transaction,
  projection: string,
  versions: readonly NewVersion[],
): Promise<void> {
  await trx.raw('insert into projection_active (projection, active) values (?, ?) on conflict do nothing', [
    projection,
    Math.max(...versions.map(({ version }) => version)),
  ]);
  for (const { version, table, group, topics } of versions)
    await trx.raw(
      `insert into projection_versions (projection, version, table_name, consumer_group, topics, status)
       values (?, ?, ?, ?, cast(? as jsonb), 'waiting') on conflict do nothing`,
      [projection, version, table, group, JSON.stringify(topics)],
    );
}

/** Begins to fill a version that waits. Resolves to false, and changes nothing, if it does not wait. */
export async function beginVersion(
  trx: Knex.Transaction,
  { projection, version }: Pick<StoredVersion, 'projection' | 'version'>,
  places: readonly PartitionPlace[],
): Promise<boolean> {
  const offsets = Object.fromEntries(
    places.map(({ topic, partition, position }) => [`${topic}/${partition}`, position]),
  );
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update projection_versions set status = 'live', begun_at = clock_timestamp(), begin_offsets = cast(:offsets as jsonb),
       activated_at = (select clock_timestamp() from projection_active
         where projection_active.projection = :projection and active = :version)
     where projection = :projection and version = :version and status = 'waiting'`,
    { projection, version, offsets: JSON.stringify(offsets) },
  );
  return rowCount > 0;
}

/** Makes a version the active one. */
export async function activateVersion(
  trx: Knex.Transaction,
  { projection, version }: Pick<StoredVersion, 'projection' | 'version'>,
): Promise<void> {
  await trx.raw(
    `update projection_active set previous = active, active = ?, switched_at = clock_timestamp() where projection = ?`,
    [version, projection],
  );
  await trx.raw(
    `update projection_versions set activated_at = clock_timestamp() where projection = ? and version = ?`,
    [projection, version],
  );
}

/**
 * Resolves to whether the version is live. While the transaction lasts, it cannot be dropped. Call it after the positions of its group
 * are locked, as every operation locks them first.
 */
export async function holdVersion(
  trx: Knex.Transaction,
  { projection, version }: Pick<StoredVersion, 'projection' | 'version'>,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: object[] }>(
    `select from projection_versions where projection = ? and version = ? and status = 'live' for key share`,
    [projection, version],
  );
  return rows.length > 0;
}

/** Locks the positions of a group, in the order in which batches lock them. */
export async function lockPositions(trx: Knex.Transaction, group: string): Promise<void> {
  const sql = 'select from event_positions where consumer_group = ? order by topic, partition for update';
  await trx.raw(sql, [group]);
}

/** Deletes the positions, the inbox and the parked events of a group. Safe to repeat. */
export async function forgetGroup(trx: Knex.Transaction, group: string): Promise<void> {
  for (const table of ['event_positions', 'event_inbox', 'event_parked_keys', 'event_parked'])
    await trx.raw(`delete from ${table} where consumer_group = ?`, [group]);
}
