import assert from 'node:assert/strict';
import { pino } from 'pino';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createRelay, type Relay } from '../../../src/runtime/events/relay/relay.ts';
import { createMemoryKafka, type MemoryKafka } from './memory-kafka.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from './outbox-fixture.ts';

describe('relays that hand lanes over under load', () => {
  let world: OutboxDatabase;
  let kafka: MemoryKafka;
  const relays: Relay[] = [];

  before(async () => {
    world = await createOutboxDatabase();
    kafka = createMemoryKafka();
    kafka.latency = () => 100;
  });
  after(async () => {
    await Promise.all(relays.map((relay) => relay.stop?.()));
    await world.close();
  });

  async function startRelay(): Promise<Relay> {
    const { database, url } = world;
    const config = { serviceName: 'order-service', databaseDirectUrl: url, shutdownTimeout: 6_000 };
    const relay = createRelay({ config, database, driver: kafka.driver, logger: pino({ level: 'silent' }) });
    relays.push(relay);
    await relay.start();
    return relay;
  }

  it('send nothing twice, as long as Kafka answers', async () => {
    const contracts = { published: [orderPlaced] };
    const outbox = createOutbox({ database: world.database, contracts, serviceName: 'order-service' });
    const first = await startRelay();
    outbox.onCommit((lanes) => first.wake(lanes));
    let count = 0;
    const writing = new AbortController();
    async function write(): Promise<void> {
      while (!writing.signal.aborted) {
        count += 1;
        const id = `order-${count % 100}`;
        await outbox.publish(orderPlaced.of(id, { id, total: count }));
      }
    }
    const written = Promise.all([write(), write(), write()]);
    for (let joined = 0; joined < 3; joined += 1) {
      const relay = await startRelay();
      await waitFor(() => relay.status().lanes.length >= 4);
    }
    for (const relay of relays.slice(0, 2)) {
      const begun = performance.now();
      await relay.stop?.();
      assert.ok(performance.now() - begun < 20_000, 'a relay must not stay for what others publish');
    }
    writing.abort();
    await written;
    await waitFor(async () => !(await world.database('event_outbox').first('id')));
    assert.equal(kafka.messages.length, count);
  });
});
