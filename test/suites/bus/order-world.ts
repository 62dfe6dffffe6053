import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  readEnvironment,
  type EventBus,
  type ReceivedEvent,
  type ServiceConfig,
} from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  changeOrder,
  countEffects,
  createEffectTables,
  createOrderTables,
  noteEffect,
  orderChangedIn,
  readEffects,
  type Change,
  type OrderChanged,
  type Revisions,
} from './orders.ts';

export type Handler = (event: ReceivedEvent<Change>, trx: Knex.Transaction) => Promise<unknown>;

/** One process of a service, as far as the bus is concerned: a pool and a bus of its own. */
export interface Replica {
  bus: EventBus;
  database: Knex;
  /** Its log, one JSON text per line. */
  log: string[];
  /** Safe to repeat. */
  stop(): Promise<void>;
}

/** Two services and their databases, on a topic of their own: one changes orders, the other one records every change. */
export interface OrderWorld {
  topic: string;
  groupId: string;
  orderChanged: OrderChanged;
  orders: Knex;
  copies: Knex;
  startPublisher: () => Promise<Replica>;
  startConsumer: (handler?: Handler) => Promise<Replica>;
  /** Starts a consumer whose handlers are those that `subscribe` adds. */
  startSubscriber: (subscribe: (bus: EventBus) => void) => Promise<Replica>;
  change: (publisher: Replica, id: string, times?: number) => Promise<void>;
  effects: () => Promise<Revisions>;
  /** Resolves to the effects when there are at least `count`. */
  effectsOf: (count: number) => Promise<Revisions>;
  /** Resolves when nothing waits in the outbox. */
  allSent: () => Promise<unknown>;
  /** The warnings of the replicas, as evidence for a failure. */
  warnings: () => string[];
  close: () => Promise<void>;
}

/** Kafka notices a dead member after 10 s, and a busy machine is slow. */
const patience = 25_000;

/** @param variables with which the services log in to the broker, or share it with others */
export async function createOrderWorld(
  bootstrapServers: string,
  variables: Record<string, string> = {},
  topic = `orders-${randomBytes(4).toString('hex')}`,
): Promise<OrderWorld> {
  const orderChanged = orderChangedIn(topic);
  const ordersDatabase = await createDatabase();
  const copiesDatabase = await createDatabase();
  const configOf = ({ url }: TestDatabase, serviceName: string) =>
    suiteConfig({ serviceName, databaseUrl: url, bootstrapServers, variables });
  const ordersConfig = configOf(ordersDatabase, 'order-service');
  const copiesConfig = configOf(copiesDatabase, `copy-service-${topic}`);
  const orders = connectDatabase(ordersConfig);
  const copies = connectDatabase(copiesConfig);
  await createOrderTables(orders);
  await createEffectTables(copies);
  const replicas: Replica[] = [];

  async function start(config: ServiceConfig, subscribe?: (bus: EventBus) => void): Promise<Replica> {
    const replica = createReplica(config, orderChanged, subscribe);
    replicas.push(replica);
    await replica.bus.start();
    return replica;
  }

  return {
    topic,
    groupId: copiesConfig.kafka.groupId,
    orderChanged,
    orders,
    copies,
    startPublisher: () => start(ordersConfig),
    startConsumer: (handler = noteEffect) => start(copiesConfig, (bus) => bus.on(orderChanged, handler)),
    startSubscriber: (subscribe) => start(copiesConfig, subscribe),
    async change({ bus, database }, id, times = 1) {
      for (let i = 0; i < times; i++) await changeOrder(database, bus, orderChanged, id);
    },
    effects: () => readEffects(copies),
    effectsOf: (count) =>
      waitFor(
        async () => {
          const effects = await readEffects(copies);
          return countEffects(effects) >= count ? effects : undefined;
        },
        { timeout: patience, message: `${count} effects` },
      ),
    allSent: () =>
      waitFor(async () => !(await orders('event_outbox').first()), {
        timeout: patience,
        message: 'an empty outbox',
      }),
    warnings: () => replicas.flatMap(({ log }) => log.filter(isLoud)),
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await Promise.all([orders.destroy(), copies.destroy()]);
      await Promise.all([ordersDatabase.drop(), copiesDatabase.drop()]);
    },
  };
}

/** Whether a line of the log is a warning or worse. */
export const isLoud = (line: string): boolean => /"level":"(warn|error|fatal)"/.test(line);

/** The configuration of a service in the suites. */
export function suiteConfig(given: {
  serviceName: string;
  databaseUrl: string;
  bootstrapServers: string;
  variables?: Record<string, string>;
}): ServiceConfig {
  return readEnvironment({
    NODE_ENV: 'test',
    SERVICE_NAME: given.serviceName,
    DATABASE_URL: given.databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: given.bootstrapServers,
    KAFKA_TOPIC_PARTITIONS: '4',
    ...given.variables,
  });
}

/** With the rows of a generated service: the bus shares its database, whose tables keep their own names. */
function createReplica(
  config: ServiceConfig,
  orderChanged: OrderChanged,
  subscribe?: (bus: EventBus) => void,
): Replica {
  const log: string[] = [];
  const logger = createLogger(config, { write: (line) => void log.push(line) });
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const contracts = subscribe
    ? { published: [], consumed: [orderChanged] }
    : { published: [orderChanged], consumed: [] };
  const bus = createEventBus({ config, database, contracts, logger });
  subscribe?.(bus);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await bus.stop();
    await database.destroy();
  };
  return { bus, database, log, stop: () => (stopped ??= stop()) };
}
