import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { createMemoryKafka, refusal, unreachable } from './memory-kafka.ts';
import { orderPlaced } from './outbox-fixture.ts';
import { createRelayFixture, placed, type RelayFixture, type Replica, upTo } from './relay-fixture.ts';

/** The earliest time, in ms, at which a relay checks its lanes without a notification. */
const LOOK = 750;
const medianOf = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

describe('the outbox relay', () => {
  let world: RelayFixture;

  beforeEach(async () => (world = await createRelayFixture()));
  afterEach(() => world.close());

  const startReplica = (): Promise<Replica> => world.startReplica();
  const newOutbox = (): Outbox => world.createOutbox();
  const totals = (key: string): number[] => world.totals(key);
  const waiting = (): Promise<number> => world.waiting();
  const emptied = (): Promise<void> => world.emptied();
  const shares = () => world.relays.map((relay) => relay.status().lanes.length).toSorted((a, b) => a - b);

  /** Keys whose events go into these lanes. */
  async function keysIn(lanes: readonly number[], wanted: number): Promise<string[]> {
    const { rows } = await world.database.raw<{ rows: { key: string }[] }>(
      `select key from (select 'key-' || n as key from generate_series(1, 500) as n) as keys
       where (hashtextextended(? || ' ' || key, 0) & 15)::int = any (?) limit ?`,
      [orderPlaced.topic, [...lanes], wanted],
    );
    return rows.map(({ key }) => key);
  }

  describe('one replica', () => {
    it('holds every lane, sends committed events without waiting for its next poll, and deletes them', async () => {
      const { relay, publish } = await startReplica();
      assert.deepEqual(relay.status().lanes.length, 16);
      const delays: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const begun = performance.now();
        await world.database.transaction((trx) => publish(placed('a', n), trx));
        await waitFor(() => world.kafka.messages.length === n + 1);
        delays.push(performance.now() - begun);
      }
      assert.ok(medianOf(delays) < LOOK / 2, delays.join());
      await emptied();
      assert.deepEqual(totals('a'), upTo(20));
    });

    it('sends the events that were saved before it started, in order, however many there are', async () => {
      const { publish } = newOutbox();
      await world.database.transaction(async (trx) => {
        for (let n = 0; n < 5_000; n += 1) await publish(placed(`key-${n % 7}`, n), trx);
      });
      await startReplica();
      await emptied();
      assert.equal(world.kafka.messages.length, 5_000);
      for (let k = 0; k < 7; k += 1) {
        assert.deepEqual(
          totals(`key-${k}`),
          upTo(5_000).filter((n) => n % 7 === k),
        );
      }
    });

    it('sends events without a notification', async () => {
      await startReplica();
      await newOutbox().publish(placed('a', 0));
      await emptied();
    });

    it('collects events that are committed while it sends, and sends them in fewer requests', async () => {
      const { publish } = await startReplica();
      let requests = 0;
      world.kafka.latency = () => 3;
      world.kafka.fault = () => void (requests += 1);
      const begun = performance.now();
      for (let n = 0; n < 300; n += 1) await publish(placed(`key-${n}`, n));
      await emptied();
      const most = (performance.now() - begun) / 4 + 20;
      assert.ok(requests <= most, `${requests} requests for 300 events, ${most} at most`);
      assert.equal(world.kafka.messages.length, 300);
    });

    it('continues after a Kafka outage, without loss or disorder, even if some had arrived', async () => {
      const { relay, publish } = await startReplica();
      let away = true;
      world.kafka.fault = (messages) =>
        away ? { error: unreachable(), arrived: Math.floor(Math.random() * messages.length) } : undefined;
      for (let n = 0; n < 200; n += 1) await publish(placed(`key-${n % 3}`, n));
      await waitFor(() => relay.status().problem);
      assert.match(relay.status().problem ?? '', /ECONNREFUSED/);
      assert.equal(await waiting(), 200);
      away = false;
      await emptied();
      for (let k = 0; k < 3; k += 1)
        assert.deepEqual(
          totals(`key-${k}`),
          upTo(200).filter((n) => n % 3 === k),
        );
      assert.equal(relay.status().problem, undefined);
      assert.ok(
        world.lines.some((line) =>
          /cannot publish to order\.events, starting at order\.placed \S+ of key-\d: .*ECONNREFUSED/.test(
            line,
          ),
        ),
        world.lines.join('\n'),
      );
      assert.ok(world.lines.includes('Kafka accepts events of order.events again'));
    });

    it('sends events of other topics when one topic is refused', async () => {
      const { publish } = await startReplica();
      world.kafka.fault = (messages) =>
        messages.some(({ topic }) => topic === 'secret.events')
          ? { error: refusal('not authorized', 'forbidden'), arrived: 0 }
          : undefined;
      await world.database.transaction(async (trx) => {
        for (let n = 0; n < 50; n += 1) {
          await publish('secret.events', { type: 'secret.told', data: n }, { key: `key-${n}`, trx });
          await publish(placed(`key-${n}`, n), trx);
        }
      });
      await waitFor(async () => (await waiting()) === 50);
      assert.deepEqual(await world.database('event_outbox').distinct('topic'), [{ topic: 'secret.events' }]);
      world.kafka.fault = () => undefined;
      await emptied();
      assert.equal(world.kafka.messages.length, 100);
    });

    it('sends events of other topics when one topic cannot be created', async () => {
      const { publish } = await startReplica();
      world.kafka.forbidden.add('secret.events');
      await world.database.transaction(async (trx) => {
        await publish('secret.events', { type: 'secret.told', data: 0 }, { key: 'a', trx });
        await publish(placed('a', 0), trx);
      });
      await waitFor(() => totals('a').length === 1);
      await waitFor(() => world.lines.some((line) => line.includes('secret.events is forbidden')));
      await waitFor(async () => (await waiting()) === 1);
      world.kafka.forbidden.clear();
      await emptied();
    });

    it('delays only the events behind one that fails for a temporary reason', async () => {
      const { publish } = await startReplica();
      world.kafka.fault = (messages) =>
        messages.some(({ value }) => value.includes('"total":13'))
          ? { error: refusal('unknown error', 'other'), arrived: 0 }
          : undefined;
      await world.database.transaction(async (trx) => {
        for (let n = 0; n < 30; n += 1) await publish(placed(n % 2 === 0 ? 'good' : 'bad', n), trx);
      });
      await waitFor(() => totals('good').length === 15 && totals('bad').length === 6);
      assert.deepEqual(totals('bad'), [1, 3, 5, 7, 9, 11]);
      await waitFor(() =>
        world.lines.some((line) => /starting at order\.placed \S+ of bad: .*unknown error/.test(line)),
      );
      world.kafka.fault = () => undefined;
      await emptied();
      assert.deepEqual(
        totals('bad'),
        upTo(30).filter((n) => n % 2 === 1),
      );
    });

    it('opens a new session when PostgreSQL ends the old one', async () => {
      const { relay, publish } = await startReplica();
      await world.database.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'order-service relay' and datname = current_database()`,
      );
      await waitFor(() =>
        world.lines.some((line) => line.startsWith('the relay lost its PostgreSQL session')),
      );
      await publish(placed('a', 0));
      await emptied();
      assert.equal(relay.status().session, 'up');
      assert.equal(relay.status().lanes.length, 16);
    });

    it('sends the events that were committed before it stops, and none afterwards', async () => {
      const { relay, publish } = await startReplica();
      world.kafka.latency = () => 20;
      await Promise.all(upTo(300).map((n) => publish(placed(`key-${n}`, n))));
      await relay.stop?.();
      assert.equal(world.kafka.messages.length, 300);
      assert.equal(await waiting(), 0);
      assert.equal(world.kafka.inFlight, 0);
      await publish(placed('late', 0));
      assert.deepEqual(relay.status(), { session: 'down', lanes: [], problem: undefined });
      assert.equal(await waiting(), 1);
    });

    it('stops within its time when Kafka does not answer', async () => {
      const { relay, publish } = await startReplica();
      world.kafka.latency = () => 600_000;
      await publish(placed('a', 0));
      await waitFor(() => world.kafka.inFlight === 1);
      await relay.stop?.();
      world.kafka = createMemoryKafka();
      await startReplica();
      await emptied();
    });

    it('reports its work in the metrics', async () => {
      const registry = new Registry();
      const relay = world.createRelay({ registry });
      await newOutbox().publish(placed('a', 0));
      const before = await registry.metrics();
      assert.match(before, /^microservice_outbox_depth 1$/m);
      assert.match(before, /^microservice_outbox_oldest_age_seconds \d+\.\d+$/m);
      await relay.start();
      await emptied();
      const after = await registry.metrics();
      assert.match(after, /^microservice_outbox_depth 0$/m);
      assert.match(after, /^microservice_outbox_oldest_age_seconds 0$/m);
      assert.match(after, /^microservice_outbox_lanes 16$/m);
      assert.match(after, /^microservice_outbox_published_total\{topic="order.events"\} 1$/m);
      assert.match(after, /^microservice_outbox_publish_seconds_count 1$/m);
    });
  });

  describe('several replicas', () => {
    it('share the lanes fairly, and take over the lanes of a replica that stops or dies', async () => {
      const first = await startReplica();
      await startReplica();
      await waitFor(() => shares().join() === '8,8');
      await startReplica();
      await waitFor(() => shares().join() === '5,5,6');
      const lanes = world.relays.flatMap((relay) => relay.status().lanes);
      assert.deepEqual(
        lanes.toSorted((a, b) => a - b),
        upTo(16),
      );
      await first.relay.stop?.();
      await waitFor(() => shares().join() === '0,8,8');
    });

    it('are notified of events in their lanes by the replica that commits them', async () => {
      const first = await startReplica();
      const second = await startReplica();
      await waitFor(() => shares().join() === '8,8');
      const delays: number[] = [];
      for (const [n, key] of (await keysIn(second.relay.status().lanes, 20)).entries()) {
        const begun = performance.now();
        await first.publish(placed(key, n));
        await waitFor(() => world.kafka.messages.length === n + 1);
        delays.push(performance.now() - begun);
      }
      assert.ok(medianOf(delays) < LOOK / 2, delays.join());
    });

    it('keep the order of every key while replicas start and stop and Kafka fails', async () => {
      const replicas = [await startReplica(), await startReplica(), await startReplica()];
      world.kafka.latency = () => Math.random() * 4;
      world.kafka.fault = (messages) =>
        Math.random() < 0.1
          ? { error: unreachable(), arrived: Math.floor(Math.random() * (messages.length + 1)) }
          : undefined;
      const next = new Map<string, number>();
      const write = async (key: string) => {
        for (let n = 0; n < 60; n += 1) {
          const replica = replicas[Math.floor(Math.random() * replicas.length)];
          await replica?.publish(placed(key, n));
          next.set(key, n + 1);
        }
      };
      const writing = Promise.all(upTo(20).map((k) => write(`key-${k}`)));
      await waitFor(() => world.kafka.messages.length > 200);
      await replicas[0]?.relay.stop?.();
      await world.database.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'order-service relay' and datname = current_database()`,
      );
      await startReplica();
      await writing;
      await emptied();
      for (const [key, count] of next) assert.deepEqual(totals(key), upTo(count), key);
    });
  });

  describe('start', () => {
    it('names the remedy when the table is missing, and when PostgreSQL is unavailable', async () => {
      await world.database.schema.dropTable('event_outbox');
      await assert.rejects(
        world.createRelay().start(),
        /the table event_outbox is missing; add a migration with "export \{ down, up \}/,
      );
      world.url = 'postgres://nobody:secret@127.0.0.1:1/nothing';
      await assert.rejects(world.createRelay().start(), (error: Error) => {
        assert.match(
          error.message,
          /annot connect to PostgreSQL at postgres:\/\/nobody@127\.0\.0\.1:1\/nothing/,
        );
        assert.match(error.message, /; start PostgreSQL there, or correct DATABASE_DIRECT_URL, or/);
        return !error.message.includes('secret');
      });
    });
  });
});
