import { setTimeout as sleep } from 'node:timers/promises';
import { collect } from '../../async/collect.ts';
import { failpoint } from '../../async/failpoint.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import type { RelayConnection } from './connection.ts';
import { createLaneQueue } from './lane-queue.ts';
import { deleteRows, mayHaveMore, type OutboxRow, readLanes } from './outbox-rows.ts';
import { parkBehind, parkRefused } from './refused-rows.ts';
import { createOutboxSender, type OutboxSender, type RefusedRow } from './sender.ts';
import type { Outcome, TopicStatus } from './topic-status.ts';

const SENDERS = 4;
/**
 * Reads, requests and deletes cost the same for one row as for many. So while a request is running, lanes are collected for
 * half of its duration, within these bounds (ms): the busier the relay, the fewer and larger the requests. There is no delay
 * while nothing is being sent, or for a backlog.
 */
const READ_INTERVAL = { least: 4, most: 20 };
/** This many rows are worth a request of their own, and so are those of each lane if several senders are idle. */
const BACKLOG = 100;
/** The delay before reading rows again whose key is being redriven or dropped, in ms. */
const REREAD_DELAY = 50;

type Connection = Pick<RelayConnection, 'session' | 'leases' | 'lowWaterMarks'>;
type LaneRows = readonly [lane: number, rows: OutboxRow[]];

/** Some lanes of a round, and the sender for their rows. */
interface LaneShare {
  sender: OutboxSender;
  lanes: readonly LaneRows[];
}

interface Settings {
  /** The current session with its leases; undefined if there is none. */
  connection: () => Connection | undefined;
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  topics: TopicStatus;
}

/** Moves rows from PostgreSQL to Kafka in rounds of read, send and settle: several rounds at a time, but one per lane. */
export interface Rounds {
  /** These lanes may have rows. Returns immediately. */
  mark(lanes: Iterable<number>): void;
  /** Resolves when no round for the lane is running. */
  idle(lane: number): Promise<void>;
  /**
   * Sends the waiting rows, until Kafka fails or most of the milliseconds have passed; new rows are left to other relays. The
   * rest of the time is for Kafka's answers: acknowledged rows that are not deleted are sent again. Afterwards, nothing is
   * read.
   */
  drain(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export function createRounds({ connection, driver, topics }: Settings): Rounds {
  const lanes = createLaneQueue();
  const senders = Array.from({ length: SENDERS }, () => createOutboxSender(driver));
  const idle = [...senders];
  const underWay = new Set<Promise<void>>();
  /** Rows that are in Kafka and still in the outbox; they stay while there is no session. */
  let acknowledged: OutboxRow[] = [];
  const lastRead = { at: -Infinity, rows: 0 };
  /** The recent duration of a request, in ms. */
  let pace = 0;
  let collecting: NodeJS.Timeout | undefined;
  /** The number of running reads and deletes. A round would wait for them, so more lanes are collected instead. */
  let querying = 0;
  let closing = false;

  /** Starts a round if lanes may have rows and a sender is idle, immediately or when enough lanes are collected. */
  function begin(): void {
    const current = connection();
    if (closing || querying > 0 || !current || !lanes.hasReady(current.leases.held())) return;
    const wait = lastRead.at + readInterval() - performance.now();
    if (wait > 0) return void (collecting ??= setTimeout(collected, wait));
    const sender = idle.pop();
    if (!sender) return;
    lastRead.at = performance.now();
    const round = runRound(current, sender, lanes.take(current.leases.held())).finally(() =>
      underWay.delete(round),
    );
    underWay.add(round);
  }

  function collected(): void {
    collecting = undefined;
    begin();
  }

  function readInterval(): number {
    if (idle.length === SENDERS || lastRead.rows >= BACKLOG) return 0;
    return Math.min(Math.max(pace / 2, READ_INTERVAL.least), READ_INTERVAL.most);
  }

  /** Moves rows out of the outbox. Each lane is free for its next round as soon as its own rows are settled. */
  async function runRound(current: Connection, sender: OutboxSender, taken: number[]): Promise<void> {
    const rows = await read(current, taken);
    const shares = spread([...rows], sender);
    begin(); // lanes that were marked meanwhile
    await Promise.all(
      shares.map(async (share) => {
        const outcome = await send(share);
        await settle(outcome);
        release(share, outcome);
      }),
    );
  }

  /** Resolves to the rows that can be sent, by lane; lanes without such rows become free. Never rejects. */
  async function read(current: Connection, taken: number[]): Promise<Map<number, OutboxRow[]>> {
    const rows = await query(() => readSendable(current, taken)).catch(() => {
      lanes.mark(taken); // the session reports its own loss
      return new Map<number, OutboxRow[]>();
    });
    lanes.release(taken.filter((lane) => !rows.has(lane)));
    return rows;
  }

  /** Reads lanes, and parks the rows that must wait for a dead letter. */
  async function readSendable(
    { session, lowWaterMarks }: Connection,
    taken: number[],
  ): Promise<Map<number, OutboxRow[]>> {
    if (acknowledged.length > 0) await settle(nothing);
    const rows = await readLanes(session, taken, lowWaterMarks, topics.paused());
    for (const [lane, found] of rows) if (mayHaveMore(found)) lanes.mark([lane]);
    lastRead.rows = countRows([...rows]);
    const behind = [...rows.values()].flatMap((found) => found.filter(({ parked }) => parked));
    if (behind.length === 0) return rows;
    const areParked = await parkBehind(session, behind);
    if (!areParked) setTimeout(() => mark(behind.map(({ lane }) => lane)), REREAD_DELAY).unref();
    const sendable = [...rows].map(([lane, found]) => [lane, found.filter(({ parked }) => !parked)] as const);
    return new Map(sendable.filter(([, found]) => found.length > 0));
  }

  /** Lanes with many rows are spread over all idle senders; a few rows share one request. */
  function spread(rows: readonly LaneRows[], sender: OutboxSender): LaneShare[] {
    idle.push(sender);
    const most = countRows(rows) < BACKLOG ? 1 : idle.length;
    const chosen = idle.splice(-Math.min(most, rows.length), rows.length);
    return chosen.map((each, place) => ({
      sender: each,
      lanes: rows.filter((_, index) => index % chosen.length === place),
    }));
  }

  async function send({ sender, lanes: sending }: LaneShare): Promise<Outcome> {
    const begun = performance.now();
    const answer = await sender.send(sending.flatMap(([, rows]) => rows));
    pace += (performance.now() - begun - pace) / 8;
    if (answer.sent.length > 0) failpoint('relay.acknowledged');
    idle.push(sender);
    return topics.judge(answer);
  }

  /**
   * Removes rows from the outbox that Kafka has, or has refused permanently, in one statement for all waiting outcomes. Never
   * rejects.
   */
  const settle = collect(
    (outcomes: Outcome[]) =>
      query(async () => {
        acknowledged = [...acknowledged, ...outcomes.flatMap(({ sent }) => sent)];
        const current = connection();
        if (!current) return;
        await deleteAcknowledged(current);
        await park(
          current,
          outcomes.flatMap(({ refused }) => refused),
        );
      }).catch(() => undefined), // the session reports its own loss
  );

  async function query<T>(work: () => Promise<T>): Promise<T> {
    querying += 1;
    try {
      return await work();
    } finally {
      querying -= 1;
    }
  }

  async function deleteAcknowledged({ session }: Connection): Promise<void> {
    if (acknowledged.length === 0) return;
    failpoint('relay.deleting');
    await deleteRows(session, acknowledged);
    acknowledged = [];
    failpoint('relay.deleted');
  }

  /** If the lane is no longer ours, the relay that has it will learn from Kafka which rows are refused. */
  async function park({ session, leases }: Connection, refused: readonly RefusedRow[]): Promise<void> {
    const ours = refused.filter(({ row }) => leases.held().has(row.lane));
    if (ours.length === 0) return;
    const keys = await parkRefused(session, ours);
    lanes.mark(ours.map(({ row }) => row.lane));
    topics.deadLetters(ours, keys);
  }

  function release(share: LaneShare, { retryIn }: Outcome): void {
    const own = share.lanes.map(([lane]) => lane);
    if (retryIn !== undefined) {
      lanes.mark(own);
      // all lanes, because others were read without the paused topics
      setTimeout(() => mark(held()), retryIn).unref();
    }
    lanes.release(own);
    begin();
  }

  function mark(marked: Iterable<number>): void {
    lanes.mark(marked);
    begin();
  }

  const held = (): ReadonlySet<number> => connection()?.leases.held() ?? new Set();
  const mayGoOn = (): boolean =>
    topics.paused().length === 0 && (underWay.size > 0 || lanes.hasReady(held()));

  return {
    mark,
    idle: (lane) => lanes.idle(lane),
    async drain(milliseconds) {
      const clock = new AbortController();
      const over = sleep(milliseconds, undefined, { signal: clock.signal }).catch(() => undefined);
      const readUntil = performance.now() + (milliseconds * 2) / 3;
      lanes.mark(held());
      do {
        begin();
        await Promise.race([Promise.all(underWay), over]);
      } while (mayGoOn() && performance.now() < readUntil);
      closing = true;
      await Promise.race([Promise.all(underWay), over]);
      // Kafka's latest answers are still in the queue; a session that does not answer must not hold the stop
      const limit = sleep(milliseconds / 3, undefined, { signal: clock.signal }).catch(() => undefined);
      await Promise.race([settle(nothing), limit]);
      clock.abort();
    },
    async close() {
      await Promise.all(senders.map((sender) => sender.close()));
    },
  };
}

const nothing: Outcome = { sent: [], refused: [] };

const countRows = (lanes: readonly LaneRows[]): number =>
  lanes.reduce((sum, [, { length }]) => sum + length, 0);
