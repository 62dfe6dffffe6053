import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ServiceConfig } from '../config/service-config.ts';
import type { Part } from '../lifecycle/part.ts';
import { backoff } from './backoff.ts';
import type { KafkaDriver } from './kafka-driver.ts';
import { LANES_CHANGED } from './lane-leases.ts';
import type { OutboxRow } from './outbox-queue.ts';
import { createRelayLanes } from './relay-lanes.ts';
import { createRelayPump } from './relay-pump.ts';
import { createRelayMetrics } from './relay-metrics.ts';
import { createRelaySending } from './relay-sending.ts';
import { openRelayConnection, type RelayConnection } from './relay-connection.ts';

/** How often a relay looks for lanes, and for rows that nobody told it of; a quarter more or less, so that replicas drift apart. */
const BEAT = 1_000;
const RECONNECT = { first: 100, max: 2_000 };

export interface RelayStatus {
  /** Whether the session that holds the leases is there. */
  session: 'up' | 'down';
  lanes: number[];
  /** Why events do not get to Kafka at present. */
  problem?: string;
}

/** Sends what was saved in the outbox to Kafka, in order for each topic and key, at least once. */
export interface Relay extends Part {
  /** Rejects when PostgreSQL, or its table `event_outbox`, cannot be used. Kafka may come later. */
  start(): Promise<void>;
  /** Sends what is there, for a third of the shutdown timeout at most, and gives the lanes to others. */
  stop(): Promise<void>;
  /** These lanes have new rows. Returns at once; the lanes of other relays are told to them. */
  wake(lanes: ReadonlySet<number>): void;
  status(): RelayStatus;
}

interface Settings {
  config: Pick<ServiceConfig, 'serviceName' | 'databaseDirectUrl' | 'shutdownTimeout'>;
  database: Knex;
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  logger: Logger;
  registry?: Registry;
}

/** One relay per process. Several share the lanes; when one is gone, the others have its lanes within about a second. */
export function createRelay({ config, database, driver, logger, registry }: Settings): Relay {
  let connection: RelayConnection | undefined;
  let beatTimer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const held = (): ReadonlySet<number> => connection?.leases.held() ?? new Set();
  const lanes = createRelayLanes();
  const metrics = createRelayMetrics(database, registry, () => held().size);
  const sending = createRelaySending({ driver, metrics, logger, done });
  const pump = createRelayPump({ connection: () => connection, lanes, sending });

  function done(idle: readonly number[], sent: readonly OutboxRow[], retryIn: number | undefined): void {
    pump.acknowledge(idle, sent);
    if (retryIn !== undefined) {
      lanes.mark(idle);
      // all lanes: others were read without the topics that wait
      setTimeout(() => markAndRun(held()), retryIn).unref();
    }
    void pump.run();
  }

  function markAndRun(marked: Iterable<number>): void {
    lanes.mark(marked);
    void pump.run();
  }

  async function connect(): Promise<void> {
    const opened = await openRelayConnection(config, (lane) => lanes.idle(lane), { heard, lost });
    if (stopping.signal.aborted) return opened.close();
    connection = opened;
    await balance();
  }

  async function balance(): Promise<void> {
    await connection?.balance();
    markAndRun(held());
  }

  function heard(message: string): void {
    if (message === LANES_CHANGED) void balance();
    else markAndRun(message.split(',').map(Number));
  }

  function lost(cause: Error): void {
    connection = undefined;
    if (stopping.signal.aborted) return;
    logger.warn({ err: cause }, `the relay lost its PostgreSQL session: ${cause.message}; connecting again`);
    void reconnect();
  }

  async function reconnect(): Promise<void> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      await sleep(backoff(attempt, RECONNECT), undefined, { signal: stopping.signal }).catch(() => undefined);
      try {
        return await connect();
      } catch (error) {
        logger.warn(
          { err: error },
          `the relay has no PostgreSQL session: ${error instanceof Error ? error.message : String(error)}; trying again`,
        );
      }
    }
  }

  function beat(): void {
    void balance();
    beatTimer = setTimeout(beat, BEAT * (0.75 + Math.random() / 2));
  }

  /** Sends what is there, unless Kafka is away or the time is over. */
  async function drain(milliseconds: number): Promise<void> {
    const clock = new AbortController();
    const deadline = sleep(milliseconds, undefined, { signal: clock.signal }).then(
      () => clock.abort(),
      () => undefined,
    );
    lanes.mark(held());
    do {
      await pump.run();
      await Promise.race([sending.settled(), deadline]);
      await pump.run(); // deletes what was sent
    } while (mayGoOn() && !clock.signal.aborted);
    clock.abort();
  }

  const mayGoOn = (): boolean =>
    sending.waitingTopics().length === 0 && (sending.busy() || lanes.hasReady(held()));

  async function stop(): Promise<void> {
    stopping.abort();
    clearTimeout(beatTimer);
    await drain(config.shutdownTimeout / 3);
    const last = connection;
    connection = undefined;
    await last?.close();
    await sending.close();
  }

  let stopped: Promise<void> | undefined;
  return {
    name: 'outbox relay',
    async start() {
      await connect();
      beat();
    },
    stop: () => (stopped ??= stop()),
    wake(woken) {
      lanes.mark(woken);
      pump.tell([...woken].filter((lane) => !held().has(lane)));
      void pump.run();
    },
    status: () => ({ session: connection ? 'up' : 'down', lanes: [...held()], problem: sending.problem() }),
  };
}
