import type { Knex } from 'knex';
import { forgetGroup, lockPositions, lockProjection, type StoredVersion } from '../store/versions.ts';
import { inLockedTransaction } from './locked.ts';
import { ProjectionError, versionIn } from './projection-error.ts';

const PATIENCE = 2_000;

/**
 * Drops a version that is not active: its table, its positions, its inbox and its parked events, in one transaction. Waits at most 2 s
 * for the batch that is being handled. Rejects with a `ProjectionError` if the version is active, unknown or already dropped.
 */
export async function dropVersion(
  database: Knex,
  { projection, version }: { projection: string; version: number },
): Promise<StoredVersion> {
  return inLockedTransaction(database, { projection, patience: PATIENCE }, async (trx) => {
    const versions = await lockProjection(trx, projection);
    const dropped = versionIn(versions, projection, version);
    checkDroppable(dropped);
    await lockPositions(trx, dropped.group); // first, as batches lock them
    await trx.raw('select from projection_versions where projection = ? and version = ? for update', [
      projection,
      version,
    ]);
    await trx.raw(
      `update projection_versions set status = 'dropped', dropped_at = clock_timestamp() where projection = ? and version = ?`,
      [projection, version],
    );
    await trx.raw('update projection_active set previous = null where projection = ? and previous = ?', [
      projection,
      version,
    ]);
    await forgetGroup(trx, dropped.group);
    await trx.raw(`drop table if exists "${dropped.table}"`);
    return dropped;
  });
}

/** Throws a `ProjectionError` if the version is active or was dropped before. */
export function checkDroppable({ projection, version, active, status }: StoredVersion): void {
  if (version === active)
    throw new ProjectionError(
      `version ${version} of projection ${projection} is active; switch to another version first`,
    );
  if (status === 'dropped')
    throw new ProjectionError(
      `version ${version} of projection ${projection} is already dropped; remove its definition from the code`,
    );
}
