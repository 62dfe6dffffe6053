import { type Logger, pino } from 'pino';
import type { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { NewEvent } from '../../../src/runtime/events/event/definition.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createRelay, type Relay } from '../../../src/runtime/events/relay/relay.ts';
import { createMemoryKafka, type MemoryKafka } from './memory-kafka.ts';
import { createOutboxDatabase, type Order, orderPlaced, type OutboxDatabase } from './outbox-fixture.ts';

/** A service that publishes orders: the database of its outbox, its relays, and the Kafka in memory to which they send. */
export interface RelayFixture extends OutboxDatabase {
  /** New relays send to this one. */
  kafka: MemoryKafka;
  relays: Relay[];
  /** The messages that the relays have logged. */
  lines: string[];
  createOutbox(): Outbox;
  createRelay(options?: RelayOptions): Relay;
  /** Starts a relay, and creates the outbox that wakes it: one replica of the service. */
  startReplica(options?: RelayOptions): Promise<Replica>;
  /** Resolves to the number of events in the outbox. */
  waiting(): Promise<number>;
  /** Resolves when the outbox is empty. */
  emptied(): Promise<void>;
  /** Returns the totals of the orders of a key that arrived, in order; a duplicate counts once, at its first place. */
  totals(key: string): number[];
}

export interface RelayOptions {
  registry?: Registry;
  refusalPatience?: number;
}

export interface Replica {
  relay: Relay;
  publish: Outbox['publish'];
}

export const placed = (id: string, total: number): NewEvent<Order> => orderPlaced.of(id, { id, total });
export const totalOf = (value: string | Buffer | null): number => (JSON.parse(String(value)) as Order).total;
/** Returns 0 to `count` - 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export async function createRelayFixture(): Promise<RelayFixture> {
  const world = await createOutboxDatabase();
  const { database } = world;
  const relays: Relay[] = [];
  const lines: string[] = [];
  const logger: Logger = pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line).msg) },
  );

  async function waiting(): Promise<number> {
    const [row] = await database('event_outbox').count<{ count: string }[]>();
    return Number(row?.count);
  }

  const fixture: RelayFixture = {
    ...world,
    kafka: createMemoryKafka(),
    relays,
    lines,
    createOutbox: () =>
      createOutbox({ database, contracts: { published: [orderPlaced] }, serviceName: 'order-service' }),
    createRelay(options) {
      const config = { serviceName: 'order-service', databaseDirectUrl: fixture.url, shutdownTimeout: 6_000 };
      const relay = createRelay({ config, database, driver: fixture.kafka.driver, logger, ...options });
      relays.push(relay);
      return relay;
    },
    async startReplica(options) {
      const relay = fixture.createRelay(options);
      const outbox = fixture.createOutbox();
      outbox.onCommit((lanes) => relay.wake(lanes));
      await relay.start();
      return { relay, publish: outbox.publish };
    },
    waiting,
    emptied: async () =>
      void (await waitFor(async () => (await waiting()) === 0, { message: 'the outbox is empty' })),
    totals(key) {
      const own = fixture.kafka.messages.filter((message) => message.key === key);
      return [...new Set(own.map(({ value }) => totalOf(value)))];
    },
    async close() {
      await Promise.all(relays.map((relay) => relay.stop?.()));
      await world.close();
    },
  };
  return fixture;
}
