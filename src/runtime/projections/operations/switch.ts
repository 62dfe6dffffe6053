import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { activateVersion, lockPositions, lockProjection, type StoredVersion } from '../store/versions.ts';
import { inLockedTransaction } from './locked.ts';
import { ProjectionError, versionIn } from './projection-error.ts';

export interface SwitchRequest {
  projection: string;
  /** The version to read from now on. */
  to: number;
  /** Keys that may be parked in this version. */
  force?: readonly string[];
  /** How long to wait for locks, and for this version to catch up, in ms; default: 2000. */
  patience?: number;
}

const PATIENCE = 2_000;
const BETWEEN_LOOKS = 20;

/**
 * Switches the readers of a projection to another version, for all partitions in one transaction: it locks the positions of the active
 * version, so that its rows stand still, waits until the other version has passed them, and records the active version. A reader
 * therefore never sees a row go backward. Rejects with a `ProjectionError` if the version is unknown, not live, behind, or has parked
 * keys; then nothing is changed.
 */
export async function switchVersion(
  database: Knex,
  { projection, to, force = [], patience = PATIENCE }: SwitchRequest,
): Promise<{ from: number; to: number }> {
  const until = performance.now() + patience;
  return inLockedTransaction(database, { projection, patience }, async (trx) => {
    const versions = await lockProjection(trx, projection);
    const target = versionIn(versions, projection, to);
    const active = versionIn(versions, projection, target.active);
    if (target === active)
      throw new ProjectionError(`version ${to} of projection ${projection} is already active`);
    if (target.status !== 'live')
      throw new ProjectionError(
        `version ${to} of projection ${projection} is ${target.status}; ${target.status === 'waiting' ? `begin with microservice-runtime projections rebuild ${projection}` : 'define a new version'}`,
      );
    await lockPositions(trx, active.group);
    await untilPassed(trx, active, target, until);
    await checkParked(trx, target, force);
    await activateVersion(trx, target);
    return { from: active.version, to };
  });
}

/** The partitions in which one group is behind another one, among the topics of the first. */
const behindSql = `
  select o.topic, o.partition, o.position::float8 as wanted, n.position::float8 as position
  from event_positions as o
  left join event_positions as n
    on n.consumer_group = :target and n.topic = o.topic and n.partition = o.partition
  where o.consumer_group = :active and o.topic in (select jsonb_array_elements_text(cast(:topics as jsonb)))
    and (n.position is null or n.position < o.position)
  order by o.topic, o.partition`;

interface Behind {
  topic: string;
  partition: number;
  wanted: number;
  position: number | null;
}

async function untilPassed(
  trx: Knex.Transaction,
  active: StoredVersion,
  target: StoredVersion,
  until: number,
): Promise<void> {
  for (;;) {
    const { rows } = await trx.raw<{ rows: Behind[] }>(behindSql, {
      active: active.group,
      target: target.group,
      topics: JSON.stringify(target.topics),
    });
    if (rows.length === 0) return;
    if (performance.now() > until) throw new ProjectionError(behindText(target, active, rows));
    await sleep(BETWEEN_LOOKS);
  }
}

function behindText(target: StoredVersion, active: StoredVersion, behind: readonly Behind[]): string {
  const shown = behind
    .slice(0, 3)
    .map(
      ({ topic, partition, wanted, position }) =>
        `${topic}/${partition} is at ${position ?? 'no position'} and has to reach ${wanted}`,
    );
  return `version ${target.version} of projection ${target.projection} is behind version ${active.version} in ${behind.length} partitions (${shown.join('; ')}); see microservice-runtime projections status ${target.projection}, and switch when it has caught up`;
}

async function checkParked(
  trx: Knex.Transaction,
  { projection, version, group }: StoredVersion,
  force: readonly string[],
): Promise<void> {
  const { rows } = await trx.raw<{ rows: { topic: string; key: string }[] }>(
    `select topic, key from event_parked_keys
     where consumer_group = ? and not (key = any (?::text[])) order by topic, key limit 11`,
    [group, [...force]],
  );
  if (rows.length === 0) return;
  const shown = rows.slice(0, 10).map(({ topic, key }) => `${JSON.stringify(key)} of ${topic}`);
  throw new ProjectionError(
    `version ${version} of projection ${projection} has parked keys, whose rows are out of date: ${shown.join(', ')}${rows.length > 10 ? ', ...' : ''}; redrive them with microservice-runtime parked redrive --group ${group}, or name each with --force KEY`,
  );
}
