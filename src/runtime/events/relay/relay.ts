import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { Part } from '../../lifecycle/part.ts';
import { backoff } from '../../async/backoff.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import { openRelayConnection, type RelayConnection } from './connection.ts';
import { LANES_CHANGED } from './lane-leases.ts';
import { createLaneNotifier } from './lane-notifier.ts';
import { createRelayMetrics } from './metrics.ts';
import { createRounds } from './rounds.ts';
import { createTopicStatus } from './topic-status.ts';

/**
 * How often a relay checks for lanes, and for rows without a notification, in ms; a quarter more or less, so that replicas
 * drift apart.
 */
const BEAT = 1_000;
const RECONNECT = { first: 100, max: 2_000 };
/**
 * How long a topic may be forbidden, for example while its access rules are being created, before its events become dead
 * letters, in ms.
 */
const REFUSAL_PATIENCE = 30_000;

export interface RelayStatus {
  /** Whether the session with the leases exists. */
  session: 'up' | 'down';
  lanes: number[];
  /** The reason why events do not reach Kafka at present. */
  problem?: string;
}

/** Sends the events in the outbox to Kafka, in order for each topic and key, at least once. */
export interface Relay extends Part {
  /** Rejects if PostgreSQL, or one of the tables `event_outbox` and `event_parked`, cannot be used. Kafka may start later. */
  start(): Promise<void>;
  /** Sends the waiting events, for at most a third of the shutdown timeout, and returns the lanes. */
  stop(): Promise<void>;
  /** These lanes have new rows. Returns immediately; other relays are notified of their lanes. */
  wake(lanes: ReadonlySet<number>): void;
  status(): RelayStatus;
}

interface Settings {
  config: Pick<ServiceConfig, 'serviceName' | 'databaseDirectUrl' | 'shutdownTimeout'>;
  database: Knex;
  driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>;
  logger: Logger;
  registry?: Registry;
  /** How long Kafka may forbid a topic before its events become dead letters, in ms; default 30,000. */
  refusalPatience?: number;
}

/** One relay per process. Several relays share the lanes; if one ends, the others have its lanes within about a second. */
export function createRelay(settings: Settings): Relay {
  const { config, database, driver, logger, registry, refusalPatience = REFUSAL_PATIENCE } = settings;
  let connection: RelayConnection | undefined;
  let beatTimer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const held = (): ReadonlySet<number> => connection?.leases.held() ?? new Set();
  const metrics = createRelayMetrics(database, registry, () => held().size);
  const topics = createTopicStatus({ metrics, logger, refusalPatience });
  const rounds = createRounds({ connection: () => connection, driver, topics });
  const tellOthers = createLaneNotifier(() => connection);

  async function connect(): Promise<void> {
    const opened = await openRelayConnection(config, (lane) => rounds.idle(lane), { heard, lost });
    if (stopping.signal.aborted) return opened.close();
    connection = opened;
    tellOthers([]);
    await balance();
  }

  async function balance(): Promise<void> {
    await connection?.balance();
    rounds.mark(held());
  }

  function heard(message: string): void {
    if (stopping.signal.aborted) return;
    if (message === LANES_CHANGED) void balance();
    else rounds.mark(message.split(',').map(Number));
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

  async function stop(): Promise<void> {
    stopping.abort();
    clearTimeout(beatTimer);
    await rounds.drain(config.shutdownTimeout / 3);
    const last = connection;
    connection = undefined;
    await last?.close();
    await rounds.close();
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
      if (stopping.signal.aborted) return; // the relay that takes over the lanes reads them
      rounds.mark(woken);
      tellOthers([...woken].filter((lane) => !held().has(lane)));
    },
    status: () => ({ session: connection ? 'up' : 'down', lanes: [...held()], problem: topics.problem() }),
  };
}
