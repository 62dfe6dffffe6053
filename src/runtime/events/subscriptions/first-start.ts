import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { rejectRolledBack } from '../../database/transaction-end.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { copyInbox, copyPositions } from '../inbox/copy.ts';
import { createPositions, readGroupNames, readPositions, type PartitionPlace } from '../inbox/positions.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { CommittedOffset } from '../kafka/topics.ts';
import { takeOverParked } from '../parking/take-over.ts';
import type { Takeover } from './takeover.ts';

export interface FirstStartOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets' | 'committedOffsets'>;
  logger: Logger;
  groupId: string;
  topics: readonly string[];
  from: 'latest' | Takeover;
  /** Whether the group may have no position yet: it belongs to this service, or no group had a position. */
  mayBeUnknown: (group: string) => boolean;
}

/**
 * Records the start positions of a group in the topics in which it has no position yet. Records all partitions of a topic
 * in one transaction, so that a partition that is assigned later, or after a restart, starts at the same instant. If several
 * replicas record them at the same time, the first one wins. Safe to repeat: recorded positions stay. Rejects if the group to
 * take over from is unknown.
 */
export async function recordFirstStart(options: FirstStartOptions): Promise<void> {
  const { database, driver, groupId, from, logger } = options;
  const known = [...(await readPositions(database, groupId, [...options.topics])).keys()];
  const topics = options.topics.filter((topic) => !known.some((place) => place.startsWith(`${topic}/`)));
  if (topics.length === 0) return;
  const source = from === 'latest' ? groupId : from.group;
  const committed = await driver.committedOffsets(source, topics);
  if (from !== 'latest' && committed.length === 0) await checkGroup(from.group, options);
  const places = await firstPlaces(topics, committed, options);
  const recorded = await inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    if (from === 'latest') return createPositions(trx, groupId, places);
    return takeOver(trx, { takeover: from, groupId, topics, places });
  });
  if (recorded === 0) return;
  const where = from === 'latest' ? 'after the latest event' : `at the position of group ${from.group}`;
  logger.info({ group: groupId, topics }, `group ${groupId} starts ${where}`);
}

const LISTED_GROUPS = 10;

/** With a misspelled name, all events that Kafka has would be handled again. */
async function checkGroup(
  group: string,
  { database, groupId, mayBeUnknown }: FirstStartOptions,
): Promise<void> {
  if (mayBeUnknown(group)) return;
  const known = await readGroupNames(database);
  if (known.includes(group)) return;
  const listed = known.slice(0, LISTED_GROUPS).join(', ') + (known.length > LISTED_GROUPS ? ', ...' : '');
  throw new Error(
    `group ${groupId} takes over from group ${group}, which has no position in PostgreSQL or Kafka; correct the name in from, or start at 'earliest' or 'latest'; groups with positions: ${listed}`,
  );
}

/** The offsets that the source has committed to Kafka; without one, the end of the log for `latest`, else its beginning. */
async function firstPlaces(
  topics: readonly string[],
  committed: readonly CommittedOffset[],
  { driver, from }: FirstStartOptions,
): Promise<PartitionPlace[]> {
  const offsets = new Map(
    committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset] as const),
  );
  const logs = await Promise.all(
    topics.map(async (topic) =>
      (await driver.topicOffsets(topic)).map(({ partition, low, high }) => {
        const position = offsets.get(`${topic}/${partition}`) ?? (from === 'latest' ? high : low);
        return { topic, partition, position };
      }),
    ),
  );
  return logs.flat();
}

/** Locks the positions first, as batches of the other group do: the group handles nothing until the transaction ends. */
async function takeOver(
  trx: Knex.Transaction,
  {
    takeover: { group, moved, shared },
    groupId,
    topics,
    places,
  }: { takeover: Takeover; groupId: string; topics: readonly string[]; places: readonly PartitionPlace[] },
): Promise<number> {
  const copy = { from: group, to: groupId, topics };
  const recorded = (await copyPositions(trx, copy)) + (await createPositions(trx, groupId, places));
  if (recorded === 0) return recorded;
  await copyInbox(trx, copy);
  const isOfTopics = ({ topic }: { topic: string }): boolean => topics.includes(topic);
  await takeOverParked(trx, { ...copy, moved: moved.filter(isOfTopics), shared: shared.filter(isOfTopics) });
  return recorded;
}
