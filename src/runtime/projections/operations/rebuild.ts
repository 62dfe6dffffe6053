import type { Knex } from 'knex';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { createPositions, type PartitionPlace } from '../../events/inbox/positions.ts';
import type { KafkaDriver } from '../../events/kafka/driver.ts';
import { beginVersion, lockProjection, type StoredVersion } from '../store/versions.ts';
import { ProjectionError, versionIn } from './projection-error.ts';

/** Events that the active version has handled, and that Kafka no longer has. */
export interface MissingEvents {
  topic: string;
  partition: number;
  events: number;
}

export interface RebuildRequest {
  projection: string;
  /** Default: the newest version that waits. */
  version?: number | undefined;
  /** Begins although Kafka no longer has all events. */
  partial?: boolean;
}

/** Resolves to the first offset that Kafka has in each partition of the topics. */
export async function readBeginning(
  driver: Pick<KafkaDriver, 'topicOffsets'>,
  topics: readonly string[],
): Promise<PartitionPlace[]> {
  const logs = await Promise.all(
    topics.map(async (topic) =>
      (await driver.topicOffsets(topic)).map(({ partition, low }) => ({ topic, partition, position: low })),
    ),
  );
  return logs.flat();
}

/** A rebuild that can begin. */
export interface RebuildPlan {
  version: StoredVersion;
  /** Where it begins. */
  places: PartitionPlace[];
  missing: MissingEvents[];
}

/** Resolves to the plan of a rebuild; rejects as `beginRebuild` does. Changes nothing. */
export async function planRebuild(
  driver: Pick<KafkaDriver, 'topicOffsets'>,
  versions: readonly StoredVersion[],
  request: RebuildRequest,
): Promise<RebuildPlan> {
  const version = waitingVersion(versions, request);
  const places = await readBeginning(driver, version.topics);
  const missing = missingEvents(versionIn(versions, request.projection, version.active), places);
  if (missing.length > 0 && !request.partial) throw new ProjectionError(missingText(version, missing));
  return { version, places, missing };
}

/**
 * Begins to fill a new version of a projection, beside the active one, from the earliest event that Kafka has. Rejects with a
 * `ProjectionError` if no version waits, if another one is being filled, or if Kafka has deleted events that the active version has
 * handled; then nothing is changed.
 */
export async function beginRebuild(
  database: Knex,
  driver: Pick<KafkaDriver, 'topicOffsets'>,
  request: RebuildRequest,
): Promise<RebuildPlan> {
  return inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    const plan = await planRebuild(driver, await lockProjection(trx, request.projection), request);
    await createPositions(trx, plan.version.group, plan.places);
    await beginVersion(trx, plan.version, plan.places);
    return plan;
  });
}

/** Returns the version to fill; throws a `ProjectionError` if there is none, or if another one is being filled. */
export function waitingVersion(
  versions: readonly StoredVersion[],
  { projection, version }: RebuildRequest,
): StoredVersion {
  const [first] = versions;
  const newest = versions.findLast((each) => each.status === 'waiting' && each.version > each.active);
  const chosen = version ?? newest?.version ?? first?.active ?? 0;
  const found = versionIn(versions, projection, chosen);
  const building = versions.find(({ status, activatedAt }) => status === 'live' && activatedAt === null);
  if (building)
    throw new ProjectionError(
      `projection ${projection} is already being rebuilt: version ${building.version} began ${building.begunAt?.toISOString()}; switch to it with microservice-runtime projections switch ${projection}, or drop it`,
    );
  if (found.status === 'waiting') return found;
  const reason =
    found.version === found.active ? 'is active' : found.status === 'live' ? 'has been built' : 'was dropped';
  throw new ProjectionError(
    `version ${chosen} of projection ${projection} ${reason}; to rebuild, define version ${Math.max(...versions.map((each) => each.version)) + 1} in the code, and start the service`,
  );
}

/** A version that began at the first event of Kafka at its time is as complete as the one before, if no event was deleted since. */
export function missingEvents(
  { beginOffsets, topics }: Pick<StoredVersion, 'beginOffsets' | 'topics'>,
  places: readonly PartitionPlace[],
): MissingEvents[] {
  return places.flatMap(({ topic, partition, position }) => {
    const begin = topics.includes(topic) ? (beginOffsets?.[`${topic}/${partition}`] ?? 0) : 0;
    return position > begin ? [{ topic, partition, events: position - begin }] : [];
  });
}

function missingText({ projection, version }: StoredVersion, missing: readonly MissingEvents[]): string {
  const shown = missing
    .slice(0, 5)
    .map(({ topic, partition, events }) => `${events} events of ${topic}/${partition}`);
  return `version ${version} of projection ${projection} would be incomplete: Kafka has deleted ${shown.join(', ')}${missing.length > 5 ? ', ...' : ''}; if the rows do not need these events, or the service that published them has published its current state again, begin with --partial`;
}
