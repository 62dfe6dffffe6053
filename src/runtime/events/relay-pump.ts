import { deleteRows, mayHaveMore, type OutboxRow, readLanes } from './outbox-queue.ts';
import type { RelayConnection } from './relay-connection.ts';
import type { RelayLanes } from './relay-lanes.ts';
import type { RelaySending } from './relay-sending.ts';
import type { Session } from './relay-session.ts';
import { singleFlight } from './single-flight.ts';

/** One NOTIFY costs every writer of the database a little, so that lanes are collected for so many milliseconds. */
const NOTIFY_INTERVAL = 5;

interface Settings {
  connection: () => Pick<RelayConnection, 'session' | 'leases' | 'floors' | 'channel'> | undefined;
  lanes: RelayLanes;
  sending: RelaySending;
}

/** Moves rows from PostgreSQL to Kafka, and what Kafka has out of PostgreSQL. */
export interface RelayPump {
  /** Does what there is to do; resolves once the rest waits for Kafka or for new rows. Never rejects. */
  run(): Promise<void>;
  /** These rows are in Kafka; they are deleted before their lanes are read again. */
  acknowledge(lanes: readonly number[], rows: readonly OutboxRow[]): void;
  /** Others hold these lanes, and are to hear that there is something in them. */
  tell(lanes: Iterable<number>): void;
}

export function createRelayPump({ connection, lanes, sending }: Settings): RelayPump {
  const acknowledged: OutboxRow[] = [];
  const finished: number[] = [];
  const untold = new Set<number>();
  let toldAt = -Infinity;
  let telling: NodeJS.Timeout | undefined;

  async function deleteAcknowledged(session: Session): Promise<void> {
    const rowCount = acknowledged.length;
    const laneCount = finished.length;
    await deleteRows(session, acknowledged.slice(0, rowCount));
    acknowledged.splice(0, rowCount);
    for (const lane of finished.splice(0, laneCount)) lanes.end(lane);
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

  async function sendReady({
    session,
    leases,
    floors,
  }: Pick<RelayConnection, 'session' | 'leases' | 'floors'>): Promise<void> {
    if (!sending.hasFreeSender() || !lanes.hasReady(leases.held())) return;
    const ready = lanes.takeReady(leases.held());
    for (const lane of ready) lanes.begin(lane);
    const rows = await readLanes(session, ready, floors, sending.waitingTopics()).catch((error: unknown) => {
      for (const lane of ready) lanes.end(lane);
      lanes.mark(ready);
      throw error;
    });
    for (const lane of ready.filter((read) => !rows.has(read))) lanes.end(lane);
    for (const [lane, found] of rows) if (mayHaveMore(found)) lanes.mark([lane]);
    if (rows.size > 0) sending.send(rows);
  }

  const work = singleFlight(async () => {
    const current = connection();
    if (!current) return;
    const { session, channel } = current;
    try {
      await deleteAcknowledged(session);
      await sendReady(current);
      await tellOthers(session, channel);
    } catch {
      // the session is lost, and says so itself
    }
  });
  const run = (): Promise<void> => work();

  return {
    run,
    acknowledge(idle, rows) {
      acknowledged.push(...rows);
      finished.push(...idle);
    },
    tell(others) {
      for (const lane of others) untold.add(lane);
    },
  };
}
