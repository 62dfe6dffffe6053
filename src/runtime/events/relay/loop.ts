import { failpoint } from '../../async/failpoint.ts';
import { parkBehind, parkRefused, type TopicKey } from './refused-rows.ts';
import { deleteRows, mayHaveMore, type OutboxRow, readLanes } from './outbox-rows.ts';
import type { RefusedRow } from './sender.ts';
import type { RelayConnection } from './connection.ts';
import type { RelayLanes } from './lane-queue.ts';
import type { RelaySending, SendingDone } from './sender-pool.ts';
import type { Session } from './session.ts';
import { coalesce } from '../../async/coalesce.ts';

/** One NOTIFY costs every writer of the database a little, so that lanes are collected for so many milliseconds. */
const NOTIFY_INTERVAL = 5;
/**
 * What a read, a request and a delete cost does not depend on how few rows they are about. So while something is being sent,
 * lanes are collected for half of the time that a request takes, within these bounds: the busier everything is, the fewer
 * and larger the requests. Nothing waits while nothing is being sent, nor for a backlog.
 */
const READ_INTERVAL = { least: 4, most: 20 };
/** So many rows are worth a request of their own. */
const BACKLOG = 100;
/** How soon rows are read again whose key somebody redrives or drops at this moment. */
const REREAD_DELAY = 50;

type Connection = Pick<RelayConnection, 'session' | 'leases' | 'lowWaterMarks' | 'channel'>;

interface Settings {
  connection: () => Connection | undefined;
  lanes: RelayLanes;
  sending: Pick<RelaySending, 'hasFreeSender' | 'busy' | 'pace' | 'waiting' | 'send'>;
  /** Hears of rows that are dead letters now, and which of their keys were not blocked before. */
  onDeadLetters: (refused: readonly RefusedRow[], keys: readonly TopicKey[]) => void;
}

/** Moves rows from PostgreSQL to Kafka, and what Kafka has, or will never have, out of the outbox. */
export interface RelayLoop {
  /** Does what there is to do; resolves once the rest waits for Kafka or for new rows. Never rejects. */
  run(): Promise<void>;
  /** Rows that are in Kafka are deleted, and those that were refused are parked, before their lanes are read again. */
  settle(outcome: Pick<SendingDone, 'lanes' | 'sent' | 'refused'>): void;
  /** Others hold these lanes, and are to hear that there is something in them. */
  tell(lanes: Iterable<number>): void;
  /** Nothing is read from now on; what was sent is still deleted. */
  readNoMore(): void;
}

export function createRelayLoop({ connection, lanes, sending, onDeadLetters }: Settings): RelayLoop {
  const acknowledged: OutboxRow[] = [];
  const finished: number[] = [];
  let refused: RefusedRow[] = [];
  const untold = new Set<number>();
  let toldAt = -Infinity;
  let telling: NodeJS.Timeout | undefined;
  let readAt = -Infinity;
  let lastRead = 0;
  let reading: NodeJS.Timeout | undefined;
  let closing = false;

  async function settleSent({ session, leases }: Connection): Promise<void> {
    const rowCount = acknowledged.length;
    const laneCount = finished.length;
    if (rowCount > 0) failpoint('relay.deleting');
    await deleteRows(session, acknowledged.slice(0, rowCount));
    acknowledged.splice(0, rowCount);
    if (rowCount > 0) failpoint('relay.deleted');
    await park(session, leases.held());
    for (const lane of finished.splice(0, laneCount)) lanes.end(lane);
  }

  /** Where the lane is no longer ours, whoever has it will see for himself what Kafka refuses. */
  async function park(session: Session, held: ReadonlySet<number>): Promise<void> {
    const ours = refused.filter(({ row }) => held.has(row.lane));
    refused = [];
    if (ours.length === 0) return;
    const keys = await parkRefused(session, ours);
    lanes.mark(ours.map(({ row }) => row.lane));
    onDeadLetters(ours, keys);
  }

  async function tellOthers(session: Session, channel: string): Promise<void> {
    const wait = toldAt + NOTIFY_INTERVAL - performance.now();
    if (untold.size === 0) return;
    if (wait > 0) return void (telling ??= setTimeout(tellLater, wait));
    const message = [...untold].join(',');
    untold.clear();
    toldAt = performance.now();
    await session.query('select pg_notify($1, $2)', [channel, message]);
  }

  function tellLater(): void {
    telling = undefined;
    void run();
  }

  async function sendReady({ session, leases, lowWaterMarks }: Connection): Promise<void> {
    if (closing || !sending.hasFreeSender() || !lanes.hasReady(leases.held())) return;
    const wait = readAt + readInterval() - performance.now();
    if (wait > 0) return void (reading ??= setTimeout(collected, wait));
    readAt = performance.now();
    const ready = lanes.takeReady(leases.held());
    for (const lane of ready) lanes.begin(lane);
    const rows = await readSendable(session, ready, lowWaterMarks).catch((error: unknown) => {
      for (const lane of ready) lanes.end(lane);
      lanes.mark(ready);
      throw error;
    });
    for (const lane of ready.filter((read) => !rows.has(read))) lanes.end(lane);
    if (rows.size > 0) sending.send(rows);
  }

  function readInterval(): number {
    if (!sending.busy() || lastRead >= BACKLOG) return 0;
    return Math.min(Math.max(sending.pace() / 2, READ_INTERVAL.least), READ_INTERVAL.most);
  }

  function collected(): void {
    reading = undefined;
    void run();
  }

  /** Reads lanes, and parks those of their rows that wait for a dead letter. */
  async function readSendable(
    session: Session,
    ready: number[],
    lowWaterMarks: Connection['lowWaterMarks'],
  ): Promise<Map<number, OutboxRow[]>> {
    const rows = await readLanes(session, ready, lowWaterMarks, sending.waiting());
    for (const [lane, found] of rows) if (mayHaveMore(found)) lanes.mark([lane]);
    lastRead = [...rows.values()].reduce((sum, found) => sum + found.length, 0);
    const behind = [...rows.values()].flatMap((found) => found.filter(({ parked }) => parked));
    if (behind.length === 0) return rows;
    if (!(await parkBehind(session, behind))) readLater(behind.map(({ lane }) => lane));
    const sendable = [...rows].map(([lane, found]) => [lane, found.filter(({ parked }) => !parked)] as const);
    return new Map(sendable.filter(([, found]) => found.length > 0));
  }

  function readLater(marked: readonly number[]): void {
    setTimeout(() => {
      lanes.mark(marked);
      void run();
    }, REREAD_DELAY).unref();
  }

  const work = coalesce(async () => {
    const current = connection();
    if (!current) return;
    try {
      await settleSent(current);
      await sendReady(current);
      await tellOthers(current.session, current.channel);
    } catch {
      // the session is lost, and says so itself
    }
  });
  const run = (): Promise<void> => work();

  return {
    run,
    settle(outcome) {
      acknowledged.push(...outcome.sent);
      refused.push(...outcome.refused);
      finished.push(...outcome.lanes);
    },
    tell(others) {
      for (const lane of others) untold.add(lane);
    },
    readNoMore() {
      closing = true;
    },
  };
}
