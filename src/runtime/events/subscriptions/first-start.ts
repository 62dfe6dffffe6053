import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { rejectRolledBack } from '../../database/transaction-commit.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { copyInbox, copyPositions } from '../inbox/copy.ts';
import { createPositions, readPositions, type PartitionPlace } from '../inbox/positions.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import { takeOverParked } from '../parking/take-over.ts';
import type { Takeover } from './takeover.ts';

export interface FirstStartOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets' | 'committedOffsets'>;
  logger: Logger;
  groupId: string;
  topics: readonly string[];
  from: 'latest' | Takeover;
}

/**
 * Records where a group begins in the topics in which it has no position yet: all their partitions at once, so that a partition
 * that it is given later, or after a restart, begins at the same instant. In one transaction; of several replicas that do so
 * the first one counts. Resolves at once where the group has begun before.
 */
export async function recordFirstStart(options: FirstStartOptions): Promise<void> {
  const { database, groupId, from, logger } = options;
  const known = [...(await readPositions(database, groupId, [...options.topics])).keys()];
  const topics = options.topics.filter((topic) => !known.some((place) => place.startsWith(`${topic}/`)));
  if (topics.length === 0) return;
  const places = await firstPlaces(topics, options);
  if (from !== 'latest') await warnOfStranger(topics, from.group, options);
  const begun = await inTransaction(database, async (trx) => {
    rejectRolledBack(trx);
    if (from === 'latest') return createPositions(trx, groupId, places);
    return takeOver(trx, { takeover: from, groupId, topics, places });
  });
  if (begun === 0) return;
  const where = from === 'latest' ? 'behind the latest event' : `where ${from.group} is`;
  logger.info({ group: groupId, topics }, `group ${groupId} begins ${where}`);
}

/** A name that is written wrongly must not pass in silence: everything that Kafka has would be handled again. */
async function warnOfStranger(
  topics: readonly string[],
  source: string,
  { database, groupId, logger }: FirstStartOptions,
): Promise<void> {
  const known = await readPositions(database, source, [...topics]);
  if (known.size > 0) return;
  logger.warn(
    { group: groupId, topics },
    `group ${source}, which ${groupId} takes over from, has no position in ${topics.join(', ')}: ${groupId} begins where Kafka knows it, or at the earliest event`,
  );
}

/** Where Kafka knows that the group, or the one that it takes over from, has been; else where the log ends, or begins. */
async function firstPlaces(
  topics: readonly string[],
  { driver, groupId, from }: FirstStartOptions,
): Promise<PartitionPlace[]> {
  const committed = new Map(
    (await driver.committedOffsets(from === 'latest' ? groupId : from.group, topics)).map(
      ({ topic, partition, offset }) => [`${topic}/${partition}`, offset],
    ),
  );
  const logs = await Promise.all(
    topics.map(async (topic) =>
      (await driver.topicOffsets(topic)).map(({ partition, low, high }) => {
        const position = committed.get(`${topic}/${partition}`) ?? (from === 'latest' ? high : low);
        return { topic, partition, position };
      }),
    ),
  );
  return logs.flat();
}

/** Positions first, as in the batches of the other group: nothing of it is under way then. */
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
  const begun = (await copyPositions(trx, copy)) + (await createPositions(trx, groupId, places));
  if (begun === 0) return begun;
  await copyInbox(trx, copy);
  const here = ({ topic }: { topic: string }): boolean => topics.includes(topic);
  await takeOverParked(trx, { ...copy, moved: moved.filter(here), shared: shared.filter(here) });
  return begun;
}
