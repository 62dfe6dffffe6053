import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { dropOutgoing, redriveOutgoing } from '../../../src/runtime/events/operations/redrive-outbox.ts';
import type { Relay } from '../../../src/runtime/events/relay/relay.ts';
import { type MemoryKafka, refusal, unreachable } from './memory-kafka.ts';
import { orderPlaced } from './outbox-fixture.ts';
import { createRelayFixture, placed, type RelayFixture, totalOf, upTo } from './relay-fixture.ts';

const { topic } = orderPlaced;
/** Milliseconds for which a relay waits when Kafka forbids a topic. */
const PATIENCE = 1_500;

describe('an event that Kafka refuses permanently', () => {
  let world: RelayFixture;
  let kafka: MemoryKafka;
  let publish: Outbox['publish'];
  let registry: Registry;

  beforeEach(async () => {
    world = await createRelayFixture();
    kafka = world.kafka;
    registry = new Registry();
    await startRelay(registry);
  });
  afterEach(() => world.close());

  /** A replica; the last one started is the publisher. */
  async function startRelay(metrics?: Registry, refusalPatience = PATIENCE): Promise<Relay> {
    const replica = await world.startReplica({ ...(metrics && { registry: metrics }), refusalPatience });
    publish = replica.publish;
    return replica.relay;
  }

  /** Kafka refuses every request with one of these totals. */
  function refuse(...refused: number[]): void {
    kafka.fault = (messages) =>
      messages.some(({ value }) => refused.includes(totalOf(value)))
        ? { error: refusal('the message is too large', 'size'), arrived: 0 }
        : undefined;
  }
  const takeAll = () => (kafka.fault = () => undefined);

  const totals = (key: string): number[] => world.totals(key);
  const emptied = (): Promise<void> => world.emptied();
  const parked = (key: string): Promise<number[]> =>
    world
      .database('event_parked')
      .where({ consumer_group: '', topic, key })
      .orderBy('id')
      .pluck('value')
      .then((values: Buffer[]) => values.map((value) => totalOf(value)));
  const deadKeys = (): Promise<string[]> =>
    world
      .database('event_parked_keys')
      .where({ consumer_group: '', state: 'dead' })
      .orderBy('key')
      .pluck('key');

  it('becomes a dead letter that blocks its key, but not its lane or topic', async () => {
    refuse(13);
    await world.database.transaction(async (trx) => {
      for (let n = 0; n < 300; n += 1)
        await publish(placed(n % 20 === 13 ? 'bad' : `good-${n % 20}`, n), trx);
    });
    await waitFor(() => new Set(kafka.messages.map(({ value }) => value)).size === 285);
    await emptied();
    assert.deepEqual(totals('bad'), []);
    assert.deepEqual(
      await parked('bad'),
      upTo(300).filter((n) => n % 20 === 13),
    );
    await publish(placed('bad', 1_000), undefined);
    await publish(placed('good-0', 1_001), undefined);
    await waitFor(() => totals('good-0').includes(1_001));
    await emptied();
    assert.equal((await parked('bad')).at(-1), 1_000);
    const [key] = await world.database('event_parked_keys');
    assert.deepEqual([key.key, key.state, key.reason, key.attempts], ['bad', 'dead', 'refused', 1]);
    assert.match(key.error, /too large/);
    const [event] = await world.database('event_parked').orderBy('id');
    assert.equal(event.source, 'order-service');
    assert.equal(event.type, 'order.placed');
    assert.equal(event.event_id, event.headers.ce_id);
    assert.equal(String(event.raw_key), 'bad');
  });

  it('is logged as an error, and counted', async () => {
    refuse(1);
    await publish(placed('bad', 1));
    await waitFor(async () => (await deadKeys()).length === 1);
    await waitFor(() =>
      world.lines.some((line) => /order\.placed \S+ of bad: .*The event is a dead letter/.test(line)),
    );
    assert.match(
      await registry.metrics(),
      /^microservice_dead_letters_total\{group="outbox",topic="order.events",reason="refused"\} 1$/m,
    );
    assert.equal(world.relays[0]?.status().problem, undefined);
  });

  it('is found among many, and so is each of several', async () => {
    refuse(0, 250, 251, 499);
    await world.database.transaction(async (trx) => {
      for (let n = 0; n < 500; n += 1) await publish(placed(`key-${n}`, n), trx);
    });
    await waitFor(async () => (await deadKeys()).length === 4);
    await emptied();
    assert.deepEqual(await deadKeys(), ['key-0', 'key-250', 'key-251', 'key-499']);
    assert.equal(new Set(kafka.messages.map(({ key }) => key)).size, 496);
  });

  it('is not created for a batch that is only too large as a whole', async () => {
    let requests = 0;
    kafka.fault = (messages) => {
      requests += 1;
      return messages.length > 8 ? { error: refusal('too large', 'size'), arrived: 0 } : undefined;
    };
    await world.database.transaction(async (trx) => {
      for (let n = 0; n < 400; n += 1) await publish(placed('a', n), trx);
    });
    await emptied();
    assert.deepEqual(totals('a'), upTo(400));
    assert.deepEqual(await deadKeys(), []);
    requests = 0;
    await world.database.transaction(async (trx) => {
      for (let n = 400; n < 480; n += 1) await publish(placed('a', n), trx);
    });
    await emptied();
    assert.deepEqual(totals('a'), upTo(480));
    assert.ok(requests <= 20, `${requests} requests for 10 batches, as large as it is known to take`);
  });

  it('waits for a while if Kafka forbids the topic, then for an operator, in order', async () => {
    let forbiddenAt = Infinity;
    kafka.fault = (messages) => {
      if (!messages.some((message) => message.topic === topic)) return undefined;
      forbiddenAt = Math.min(forbiddenAt, performance.now());
      return { error: refusal('not authorized', 'forbidden'), arrived: 0 };
    };
    await world.database.transaction(async (trx) => {
      for (let n = 0; n < 10; n += 1) await publish(placed(`key-${n % 2}`, n), trx);
      await publish('other.events', { type: 'other.said', data: 1 }, { key: 'a', trx });
    });
    await waitFor(() => totals('a').length === 1);
    await waitFor(async () => (await deadKeys()).length === 2);
    assert.ok(performance.now() - forbiddenAt >= PATIENCE, 'the topic was forbidden for its patience');
    await emptied();
    takeAll();
    for (const key of ['key-0', 'key-1'])
      assert.equal(await redriveOutgoing(world.database, { topic, key }), 5);
    await emptied();
    assert.deepEqual(
      [totals('key-0'), totals('key-1')],
      [
        [0, 2, 4, 6, 8],
        [1, 3, 5, 7, 9],
      ],
    );
  });

  it('is not created for a topic that was forbidden briefly', async () => {
    await world.relays[0]?.stop?.();
    const relay = await startRelay(undefined, 60_000);
    kafka.fault = () => ({ error: refusal('not authorized', 'forbidden'), arrived: 0 });
    await publish(placed('a', 0));
    await waitFor(() => relay.status().problem);
    takeAll();
    await emptied();
    assert.deepEqual(totals('a'), [0]);
    assert.deepEqual(await deadKeys(), []);
  });

  it('delays no other event while some topics are unavailable', async () => {
    let away = true;
    kafka.fault = (messages) => {
      if (messages.some(({ value }) => value.includes('"total":13')))
        return { error: refusal('too large', 'size'), arrived: 0 };
      return away ? { error: unreachable(), arrived: 0 } : undefined;
    };
    await world.database.transaction(async (trx) => {
      for (let n = 0; n < 40; n += 1) await publish(placed(`key-${n}`, n), trx);
    });
    await waitFor(() => world.relays[0]?.status().problem);
    away = false;
    await emptied();
    assert.deepEqual(await deadKeys(), ['key-13']);
    assert.equal(new Set(kafka.messages.map(({ key }) => key)).size, 39);
  });

  describe('redriven', () => {
    it('is sent first, then the events behind it, then the events published meanwhile', async () => {
      await startRelay();
      refuse(0);
      for (let n = 0; n < 10; n += 1) await publish(placed('a', n));
      await waitFor(async () => (await parked('a')).length === 10);
      let next = 10;
      const writing = new AbortController();
      const write = async () => {
        while (!writing.signal.aborted) await publish(placed('a', next++));
      };
      const writers = [write()];
      await waitFor(() => next > 30);
      takeAll();
      const sentAgain = await redriveOutgoing(world.database, { topic, key: 'a' });
      assert.ok(sentAgain !== undefined && sentAgain >= 30);
      await waitFor(() => totals('a').length > 40);
      writing.abort();
      await Promise.all(writers);
      await emptied();
      assert.deepEqual(totals('a'), upTo(next));
      assert.deepEqual(await deadKeys(), []);
      assert.deepEqual(await parked('a'), []);
    });

    it('repeatedly, while Kafka still refuses it and others publish, stays in order', async () => {
      await startRelay();
      refuse(3);
      const keys = ['a', 'b', 'c'];
      const next = new Map(keys.map((key) => [key, 0]));
      const writing = new AbortController();
      const write = async (key: string) => {
        while (!writing.signal.aborted) {
          const number = next.get(key) ?? 0;
          next.set(key, number + 1);
          await publish(placed(key, number));
        }
      };
      const writers = keys.map(write);
      for (let round = 0; round < 10; round += 1) {
        await waitFor(async () => (await deadKeys()).length === 3);
        await Promise.all(keys.map((key) => redriveOutgoing(world.database, { topic, key })));
      }
      await waitFor(async () => (await deadKeys()).length === 3);
      takeAll();
      await Promise.all(keys.map((key) => redriveOutgoing(world.database, { topic, key })));
      writing.abort();
      await Promise.all(writers);
      await emptied();
      for (const key of keys) assert.deepEqual(totals(key), upTo(next.get(key) ?? 0), key);
      assert.deepEqual(await deadKeys(), []);
    });

    it('does nothing if the key is not blocked', async () => {
      assert.equal(await redriveOutgoing(world.database, { topic, key: 'a' }), undefined);
      assert.equal(await dropOutgoing(world.database, { topic, key: 'a' }), undefined);
    });
  });

  describe('dropped', () => {
    it('is deleted, and the events behind it are sent in order', async () => {
      refuse(0);
      for (let n = 0; n < 5; n += 1) await publish(placed('a', n));
      await waitFor(async () => (await parked('a')).length === 5);
      assert.equal(await dropOutgoing(world.database, { topic, key: 'a' }), 1);
      await waitFor(() => totals('a').length === 4);
      await emptied();
      assert.deepEqual(totals('a'), [1, 2, 3, 4]);
      assert.deepEqual(await deadKeys(), []);
    });

    it('with all events behind it, unblocks the key', async () => {
      refuse(0);
      for (let n = 0; n < 5; n += 1) await publish(placed('a', n));
      await waitFor(async () => (await parked('a')).length === 5);
      assert.equal(await dropOutgoing(world.database, { topic, key: 'a' }, { queue: true }), 5);
      await publish(placed('a', 5));
      await emptied();
      assert.deepEqual(totals('a'), [5]);
    });
  });
});
