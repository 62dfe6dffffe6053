import { within } from '../../async/deadline.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../async/backoff.ts';
import { toError } from '../../errors.ts';
import type { ConsumerOptions } from './options.ts';
import { openPartition, type OpenPartition } from './partition.ts';
import type { PartitionStatus } from './partition-status.ts';
import { createWatchdog } from './watchdog.ts';
import { partitionKey, startPositions, type Mismatch, type StartPosition } from './start-positions.ts';
import { failpoint } from '../../async/failpoint.ts';
import type { Fetched } from '../kafka/records/fetched.ts';
import type { TopicPartition } from '../event/message.ts';

export interface PartitionsOptions extends ConsumerOptions {
  /** Partitions that stayed silent with a new member too; see the watchdog. */
  knownIdle: Set<string>;
  /** The id of the last member, which may not have left. */
  replaces: string | undefined;
  /** The group accepted the member. */
  joined(): void;
  /** The member has failed. */
  lost(reason: Error): void;
}

/** One member of the group, and its partitions. */
export interface Partitions {
  /** Rejects, or reports `lost`, if the member cannot join. */
  join(): Promise<void>;
  status(): PartitionStatus[];
  /** Returns the member id that the group assigned; undefined before that. */
  memberId(): string | undefined;
  /** Commits the running batches, commits offsets to Kafka, and leaves the group. Never rejects. */
  close(): Promise<void>;
}

const LAST_COMMIT = 1_000;

export function createPartitions(options: PartitionsOptions): Partitions {
  const { driver, groupId, settings, handlers, logger, metrics } = options;
  const open = new Map<string, OpenPartition>();
  const dropped = new Set<Promise<void>>();
  const committed = new Map<string, number>();
  const knownIds = new Map<string, string>();
  const closing = new AbortController();
  let assignment = 0;
  let beginning: Promise<void> | undefined;

  const member = driver.createMember(
    {
      groupId,
      topics: handlers.topics(),
      sessionTimeout: settings.sessionTimeout,
      replaces: options.replaces,
    },
    { assigned, fetched, lost: (error) => options.lost(error) },
  );
  const commits = setInterval(() => void commit(), settings.commitInterval);
  const silence = setInterval(() => {
    watchSilence();
    void watchTopics();
  }, settings.silenceTimeout / 4);
  const watchdog = createWatchdog({
    driver,
    interval: settings.silenceTimeout / 4,
    partitions: () => open.values(),
    knownIdle: options.knownIdle,
    stalled: (reason) => options.lost(reason),
  });

  function assigned(partitions: TopicPartition[]): void {
    assignment += 1;
    metrics.rebalanced();
    options.joined();
    const ours = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)));
    for (const place of open.keys()) if (!ours.has(place)) drop(place);
    for (const at of partitions) {
      const partition = open.get(partitionKey(at.topic, at.partition));
      if (!partition) continue;
      member.fetchFrom(at, partition.beginFetch());
      partition.flow();
    }
    const fresh = partitions.filter(({ topic, partition }) => !open.has(partitionKey(topic, partition)));
    logger.info({ partitions: [...ours] }, `the group assigned ${ours.size} partitions to this replica`);
    if (fresh.length > 0) void begin(fresh, assignment);
  }

  /** Opens partitions at the group's positions; retries until it succeeds, or until the next assignment. */
  async function begin(
    partitions: TopicPartition[],
    ofAssignment: number,
    mismatches?: ReadonlyMap<string, Mismatch>,
  ): Promise<void> {
    const current = (): boolean => assignment === ofAssignment && !closing.signal.aborted;
    await untilKnown('read the start positions', current, async () => {
      const starts = await startPositions(partitions, { ...options, logger, topicIds }, mismatches);
      if (current()) starts.forEach(openAt);
    });
  }

  /** Calls `ask` until it succeeds, or until `current` returns false. The log names the `goal`. */
  async function untilKnown(goal: string, current: () => boolean, ask: () => Promise<void>): Promise<void> {
    for (let failures = 1; current(); failures += 1) {
      try {
        await ask();
        return;
      } catch (error) {
        const wait = backoff(failures, settings.outageDelay);
        logger.warn({ err: error }, `cannot ${goal}; trying again in ${Math.round(wait)} ms`);
        await sleep(wait, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  /** Returns the topic ids from Kafka, which are cached: they do not change during this membership. */
  async function topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = await member.topicIds(topics);
    for (const [topic, id] of ids) if (!knownIds.has(topic)) knownIds.set(topic, id);
    return ids;
  }

  function openAt({ topic, partition, start, witness, end }: StartPosition): void {
    const at = { topic, partition };
    const of = { groupId, topic, partition };
    const place = partitionKey(topic, partition);
    const opened = openPartition(start, end, {
      ...options,
      of,
      logger,
      witness,
      pause: () => member.pause(at),
      resume: () => member.resume(at),
      fetchFrom: (offset) => member.fetchFrom(at, offset),
      stale(_reason, mismatch) {
        member.pause(at);
        drop(place);
        void begin([at], assignment, mismatch && new Map([[place, mismatch]]));
      },
    });
    open.set(place, opened);
    metrics.watch(at, () => opened.status());
    committed.set(place, start.position);
    member.fetchFrom(at, opened.beginFetch());
  }

  function drop(place: string): void {
    const partition = open.get(place);
    if (!partition) return;
    open.delete(place);
    metrics.forget(partition.status());
    const closed = partition.close().finally(() => dropped.delete(closed));
    dropped.add(closed);
  }

  function fetched(batch: Fetched): void {
    open.get(partitionKey(batch.topic, batch.partition))?.receive(batch);
  }

  /** If a commit fails, the next one and the positions in PostgreSQL make up for it. */
  async function commit(): Promise<void> {
    const settled = await Promise.allSettled(
      [...open.values()].map((partition) => partition.storePosition()),
    );
    for (const { reason } of settled.filter((each) => each.status === 'rejected'))
      logger.debug({ err: toError(reason) }, 'PostgreSQL did not store a position');
    const moved = [...open].filter(
      ([place, partition]) => partition.status().position !== committed.get(place),
    );
    if (moved.length === 0) return;
    const positions = moved.map(([, partition]) => partition.status());
    failpoint('consumer.offset');
    try {
      await member.commit(positions);
      moved.forEach(([place], index) => committed.set(place, positions[index]?.position ?? 0));
    } catch (error) {
      logger.debug({ err: error }, 'Kafka did not store the offsets');
    }
  }

  function watchSilence(): void {
    const silent = Date.now() - member.lastAnswer();
    if (silent > settings.silenceTimeout) options.lost(new Error(`Kafka did not answer for ${silent} ms`));
  }

  /**
   * If a topic is recreated while a member fetches it, it may have as many messages at the next fetch: then only its id
   * reveals that.
   */
  async function watchTopics(): Promise<void> {
    const ids = await member.topicIds([...knownIds.keys()]).catch(() => new Map<string, string>());
    for (const [topic, id] of ids) {
      const known = knownIds.get(topic);
      if (known !== undefined && known !== id)
        options.lost(
          new Error(`topic ${topic} was deleted and created again: its id was ${known} and is ${id}`),
        );
    }
  }

  return {
    async join() {
      const current = (): boolean => !closing.signal.aborted;
      beginning = untilKnown('record where the group starts', current, options.begin);
      await beginning;
      if (!closing.signal.aborted) await member.join();
    },
    memberId: () => member.id(),
    status: () => [...open.values()].map((partition) => partition.status()),
    async close() {
      closing.abort();
      clearInterval(commits);
      clearInterval(silence);
      watchdog.stop();
      for (const partition of open.values()) metrics.forget(partition.status());
      const handled = Promise.all([...dropped, ...[...open.values()].map((partition) => partition.close())]);
      await within(settings.stopTimeout, handled);
      await within(LAST_COMMIT, Promise.all([commit(), beginning]));
      await member.leave();
    },
  };
}
