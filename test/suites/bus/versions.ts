import assert from 'node:assert/strict';
import joi from 'joi';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  defineEvent,
  type EventDefinition,
} from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';
import { suiteConfig } from './order-world.ts';

const revision = joi.number().integer().required();

/** A consumer knows version 1, both versions, or nothing but the topic. */
const consumers = ['old', 'new', 'topic'] as const;

export function versionBehaviour({ world, broker }: Suite): void {
  it('are published together, and each consumer handles the event once in the newest version that it knows', async () => {
    const { topic, orders, copies } = world();
    const of = { type: 'order.changed', topic, aggregate: 'order' };
    const first = defineEvent({ ...of, version: 1, schema: joi.object({ revision }) });
    const second = defineEvent({
      ...of,
      version: 2,
      schema: joi.object({ revision, by: joi.string().required() }),
      upcasts: { 1: (data) => ({ ...data, by: 'unknown' }) },
    });
    const stops: (() => Promise<void>)[] = [];
    const start = async (serviceName: string, published: EventDefinition[], consumed: EventDefinition[]) => {
      const databaseUrl = String(
        (published.length > 0 ? orders : copies).client.config.connection.connectionString,
      );
      const config = suiteConfig({
        serviceName,
        databaseUrl,
        bootstrapServers: broker().bootstrapServers,
      });
      const logger = createLogger(config, { write: () => undefined });
      const database = connectDatabase(config);
      const bus = createEventBus({ config, database, contracts: { published, consumed }, logger });
      stops.push(async () => {
        await bus.stop();
        await database.destroy();
      });
      return { bus, database };
    };
    const heard: Record<string, string[]> = { old: [], new: [], topic: [] };
    try {
      for (const name of consumers) {
        const definition = name === 'new' ? second : first;
        const { bus } = await start(`${name}-${topic}`, [], name === 'topic' ? [] : [definition]);
        const note = async ({ version, data }: { version: number; data: unknown }) =>
          void heard[name]?.push(`${version} ${JSON.stringify(data)}`);
        if (name === 'topic') bus.subscribe({ topics: [topic], handler: note });
        else bus.on(definition, note);
        await bus.start();
      }
      const { bus, database } = await start(`publisher-${topic}`, [first, second], []);
      await bus.start();
      const publish = (id: number) =>
        database.transaction((trx) =>
          bus.publish([first.of('a', { revision: id }), second.of('a', { revision: id, by: 'Ann' })], trx),
        );
      for (const id of [1, 2, 3]) await publish(id);
      const expected = (version: number, rest: string) =>
        [1, 2, 3].map((id) => `${version} {"revision":${id}${rest}}`);
      await waitFor(() => Object.values(heard).every(({ length }) => length >= 3), { timeout: 25_000 });
      assert.deepEqual(heard, {
        old: expected(1, ''),
        new: expected(2, ',"by":"Ann"'),
        topic: expected(1, ''),
      });
    } finally {
      await Promise.all(stops.map((stop) => stop()));
    }
  });
}
