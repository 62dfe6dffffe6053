import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pino } from 'pino';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { type KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { redriveOutgoing } from '../../../src/runtime/events/operations/redrive-outbox.ts';
import { createRelay, type Relay } from '../../../src/runtime/events/relay/relay.ts';
import { readMessages, withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createOutboxDatabase, type OutboxDatabase } from './outbox-fixture.ts';

const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
const LIMIT = 4_000;
const TOPIC_RESOURCE = 2;

/** The relay's reaction to events that a broker refuses; `bootstrapServers` is called when a test runs. */
export function describeRefusedEvents(bootstrapServers: () => string): void {
  let world: OutboxDatabase;
  let topic: string;
  let driver: KafkaDriver;
  let relay: Relay;
  let publish: Outbox['publish'];

  beforeEach(async () => {
    world = await createOutboxDatabase();
    topic = `refusing-${Date.now()}.events`;
    await limitTopic();
    const kafka = {
      bootstrapServers: [bootstrapServers()],
      topicPartitions: 2,
      topicReplicationFactor: 1,
      groupId: 'unused',
    };
    driver = createKafkaDriver(kafka, { clientId: 'test', logger });
    const config = { serviceName: 'order-service', databaseDirectUrl: world.url, shutdownTimeout: 6_000 };
    relay = createRelay({ config, database: world.database, driver, logger });
    const outbox = createOutbox({
      database: world.database,
      contracts: { published: [] },
      serviceName: 'order',
    });
    outbox.onCommit((lanes) => relay.wake(lanes));
    publish = outbox.publish;
  });
  afterEach(async () => {
    await relay.stop?.();
    await driver.close();
    await world.close();
  });

  const limitTopic = () =>
    withAdmin(bootstrapServers(), (admin) =>
      admin.createTopics({
        topics: [
          { topic, numPartitions: 2, configEntries: [{ name: 'max.message.bytes', value: String(LIMIT) }] },
        ],
      }),
    );
  const raiseLimit = () =>
    withAdmin(bootstrapServers(), (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: TOPIC_RESOURCE,
            name: topic,
            configEntries: [{ name: 'max.message.bytes', value: '1000000' }],
          },
        ],
      }),
    );

  const say = (key: string, number: number, text = ''): Promise<string> =>
    publish(topic, { type: 'note.said', data: { number, text } }, { key });
  const sayTogether = (events: [key: string, number: number, text?: string][]) =>
    world.database.transaction(async (trx) => {
      for (const [key, number, text = ''] of events)
        await publish(topic, { type: 'note.said', data: { number, text } }, { key, trx });
    });
  const large = 'x'.repeat(2 * LIMIT);

  const count = async (table: string): Promise<number> =>
    Number((await world.database(table).count())[0]?.['count']);
  const emptied = () => waitFor(async () => (await count('event_outbox')) === 0);
  /** The received numbers by key; a duplicate counts once, at its first place. */
  async function arrived(): Promise<Map<string, number[]>> {
    const numbers = new Map<string, Set<number>>();
    for (const { key, value } of await readMessages(bootstrapServers(), topic)) {
      const of = numbers.get(String(key)) ?? new Set();
      numbers.set(String(key), of.add(JSON.parse(String(value)).number));
    }
    return new Map([...numbers].map(([key, of]) => [key, [...of]]));
  }

  /** Keys of one lane. */
  async function keysOfOneLane(wanted: number): Promise<string[]> {
    const { rows } = await world.database.raw(
      `select key from (select 'key-' || n as key from generate_series(1, 500) as n) as keys
       where hashtextextended(? || ' ' || key, 0) & 15 = 3 limit ?`,
      [topic, wanted],
    );
    return rows.map(({ key }: { key: string }) => key);
  }

  it('become dead letters, while other events of the same lane arrive', async () => {
    await relay.start();
    const keys = await keysOfOneLane(10);
    const [bad = '', ...good] = keys;
    await sayTogether(keys.map((key) => [key, 0]));
    await emptied(); // the connections exist now
    await sayTogether([
      [bad, 1, large],
      ...keys.map((key): [string, number] => [key, 2]),
      ...keys.map((key): [string, number] => [key, 3]),
    ]);
    await emptied();
    const numbers = await arrived();
    for (const key of good) assert.deepEqual(numbers.get(key), [0, 2, 3]);
    assert.deepEqual(numbers.get(bad), [0]);
    assert.equal(await count('event_parked'), 3);
    assert.equal(await count('event_parked_keys'), 1);
  });

  it('continue in order when the limit is raised and they are redriven, while others publish', async () => {
    await relay.start();
    await say('a', 0);
    await say('a', 1, large);
    await say('a', 2);
    await waitFor(async () => (await count('event_parked')) === 2);
    let next = 3;
    const writing = new AbortController();
    const write = async () => {
      while (!writing.signal.aborted) await say('a', next++);
    };
    const writer = write();
    await raiseLimit();
    await waitFor(() => next > 20);
    assert.ok(Number(await redriveOutgoing(world.database, { topic, key: 'a' })) >= 2);
    await waitFor(() => next > 60);
    writing.abort();
    await writer;
    await emptied();
    assert.deepEqual(
      (await arrived()).get('a'),
      Array.from({ length: next }, (_, n) => n),
    );
  });

  it('do not include small events of a batch that is too large', async () => {
    await sayTogether(Array.from({ length: 100 }, (_, n) => ['a', n]));
    await relay.start();
    await emptied();
    assert.deepEqual(
      (await arrived()).get('a'),
      Array.from({ length: 100 }, (_, n) => n),
    );
    assert.equal(await count('event_parked_keys'), 0);
  });

  for (const failpoint of ['relay.parked', 'relay.deleting', 'relay.deleted']) {
    it(`are not lost, nor are other events of their lane, when a relay is killed at ${failpoint}`, async () => {
      await sayTogether([
        ['good', 0],
        ['bad', 0, large],
        ['bad', 1],
        ['good', 1],
      ]);
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', path.join(import.meta.dirname, 'relay-process.ts')],
        {
          env: {
            ...process.env,
            MICROSERVICE_FAILPOINT: failpoint,
            DATABASE_URL: world.url,
            KAFKA: bootstrapServers(),
          },
          stdio: ['pipe', 'ignore', 'inherit'],
        },
      );
      const [, signal] = await once(child, 'exit');
      assert.equal(signal, 'SIGKILL');
      assert.equal((await count('event_outbox')) + (await count('event_parked')) >= 2, true);
      await relay.start();
      await emptied();
      assert.deepEqual((await arrived()).get('good'), [0, 1]);
      assert.equal((await arrived()).get('bad'), undefined);
      assert.equal(await count('event_parked'), 2);
      assert.equal(await count('event_parked_keys'), 1);
    });
  }
}
