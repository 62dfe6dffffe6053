import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import joi from 'joi';
import type { Knex } from 'knex';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  defineEvent,
  type ConsumerSettings,
  type EventBus,
  type EventDefinition,
  type ServiceConfig,
} from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { findParkedKeys, type ParkedKeyRow } from '../../../src/runtime/events/operations/parked.ts';
import { redriveKey } from '../../../src/runtime/events/operations/change-parked.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { suiteConfig } from '../../suites/bus/order-world.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';

/** An event that was handled, with the times of its publishing and its handling. */
export interface Handled {
  key: string;
  sequence: number;
  publishedAt: Date;
  handledAt: Date;
}

/**
 * One service publishes, and two replicas of another handle the events. All of them are in one partition, except those of
 * keys that start with `calm`: they are in another topic, and measure the speed of the machine.
 */
export interface NeighbourWorld {
  /** Publishes an event of each of these keys about every 40 ms, and resolves after `milliseconds`. */
  publishFor(milliseconds: number, keys: readonly string[]): Promise<void>;
  published(): ReadonlyMap<string, number>;
  /** The handled events, in order. */
  history(): Promise<Handled[]>;
  allHandled(): Promise<void>;
  parkedKeys(state: 'parked' | 'dead'): Promise<ParkedKeyRow[]>;
  redrive(key: ParkedKeyRow): Promise<boolean>;
  close(): Promise<void>;
}

export interface NeighbourOptions {
  bootstrapServers: string;
  /** The effect of the storm on an event before it is recorded. */
  strike: (key: string) => Promise<void>;
  settings: Partial<ConsumerSettings>;
}

const beat = 40;

export async function createNeighbourWorld(options: NeighbourOptions): Promise<NeighbourWorld> {
  const storm = `storm-${randomBytes(4).toString('hex')}`;
  const notedIn = (topic: string): EventDefinition<{ sequence: number }> =>
    defineEvent({
      type: 'storm.noted',
      version: 1,
      topic: `${topic}.events`,
      aggregate: 'storm',
      schema: joi.object({ sequence: joi.number().required() }),
    });
  const definitions = { storm: notedIn(storm), calm: notedIn(`${storm}-calm`) };
  const [sending, receiving] = [await createDatabase(), await createDatabase()];
  const databases: Knex[] = [];
  const buses: EventBus[] = [];

  function open({ url }: TestDatabase, name: string): { config: ServiceConfig; database: Knex } {
    const { bootstrapServers } = options;
    const variables = { KAFKA_TOPIC_PARTITIONS: '1' };
    const config = suiteConfig({
      serviceName: `${storm}-${name}`,
      databaseUrl: url,
      bootstrapServers,
      variables,
    });
    const database = connectDatabase(config);
    databases.push(database);
    return { config, database };
  }

  function busOf({ config, database }: ReturnType<typeof open>, role: 'published' | 'consumed'): EventBus {
    const contracts = { published: [], consumed: [], [role]: Object.values(definitions) };
    const logger = createLogger(config, { write: () => {} });
    const bus = createEventBus({ config, database, contracts, logger, consumer: options.settings });
    buses.push(bus);
    return bus;
  }

  const sender = open(sending, 'sender');
  await createOutbox(sender.database);
  await createParked(sender.database);
  const publisher = busOf(sender, 'published');

  const { database } = open(receiving, 'receiver');
  await createInbox(database);
  await createParked(database);
  await database.schema.createTable('history', (table) => {
    table.bigIncrements('place');
    table.text('key');
    table.integer('sequence');
    table.timestamp('publishedAt', { useTz: true });
    table.timestamp('handledAt', { useTz: true }).defaultTo(database.raw('clock_timestamp()'));
  });
  for (let replica = 0; replica < 2; replica += 1) {
    const bus = busOf(open(receiving, 'receiver'), 'consumed');
    for (const definition of Object.values(definitions)) {
      bus.on(definition, async ({ subject: key, data: { sequence }, time }, trx) => {
        await options.strike(key);
        await trx('history').insert({ key, sequence, publishedAt: time });
      });
    }
  }
  for (const bus of buses) await bus.start();
  await waitFor(() => buses.every((bus) => bus.status().kafka === 'up'), { timeout: 30_000 });

  const counts = new Map<string, number>();
  const total = (): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const group = open(receiving, 'receiver').config.kafka.groupId;

  return {
    async publishFor(milliseconds, keys) {
      const end = performance.now() + milliseconds;
      while (performance.now() < end) {
        for (const key of keys) {
          const sequence = (counts.get(key) ?? 0) + 1;
          const definition = definitions[key.startsWith('calm') ? 'calm' : 'storm'];
          await publisher.publish(definition.of(key, { sequence }));
          counts.set(key, sequence);
        }
        await pause(beat);
      }
    },
    published: () => counts,
    history: async () => database<Handled>('history').orderBy('place'),
    async allHandled() {
      const enough = async () => Number((await database('history').count())[0]?.['count']) >= total();
      await waitFor(enough, { timeout: 60_000, message: 'all is handled' });
    },
    parkedKeys: async (state) => (await findParkedKeys(database, { state, group, of: 'first' }, 100)).keys,
    redrive: (key) => redriveKey(database, key),
    async close() {
      await Promise.all(buses.map((bus) => bus.stop()));
      await Promise.all(databases.map((each) => each.destroy()));
      await Promise.all([sending.drop(), receiving.drop()]);
    },
  };
}
