import assert from 'node:assert/strict';
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { createParkedMetrics } from '../../../src/runtime/events/parking/metrics.ts';
import { createRelayMetrics } from '../../../src/runtime/events/relay/metrics.ts';
import { createOutboxDatabase, type OutboxDatabase } from './outbox-fixture.ts';

const most = 10_000;

describe('the gauges of waiting events', () => {
  let world: OutboxDatabase;
  let registry: Registry;
  // one session, whose statistics the test can read
  beforeEach(async () => {
    world = await createOutboxDatabase(1);
    registry = new Registry();
    createRelayMetrics(world.database, registry, () => 0);
    createParkedMetrics(world.database, registry, () => ['idle']);
  });
  afterEach(() => world.close());

  const publish = (count: number): Promise<unknown> =>
    world.database.raw(
      `insert into event_outbox (topic, key, headers, payload)
       select 'order.events', number::text, '{}', '{}' from generate_series(1, ?) as number`,
      [count],
    );
  const park = async (group: string, count: number): Promise<void> => {
    await world.database.raw(
      `insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts)
       values (?, 't', 'k', 'dead', 'failed', '', 1)`,
      [group],
    );
    await world.database.raw(
      `insert into event_parked (consumer_group, topic, key, headers)
       select ?, 't', 'k', '{}' from generate_series(1, ?)`,
      [group, count],
    );
  };
  const shown = async (name: string, labels = ''): Promise<number> => {
    const text = await registry.getSingleMetricAsString(`microservice_${name}`);
    const line = text.split('\n').find((each) => each.startsWith(`microservice_${name}${labels} `));
    return Number(line?.split(' ').at(-1));
  };
  /** PostgreSQL writes the statistics of a session about once a second. */
  const flushStatistics = (): Promise<unknown> => world.database.raw('select pg_stat_force_next_flush()');
  /** The rows of a table that statements have read so far. */
  const rowsRead = async (table: string): Promise<number> => {
    await flushStatistics();
    const { rows } = await world.database.raw(
      `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_user_tables where relname = ?`,
      [table],
    );
    return rows[0].read;
  };

  it('count the events of the outbox up to 10,000, and estimate more', async () => {
    await publish(most);
    assert.equal(await shown('outbox_depth'), most);
    await publish(15_000);
    await flushStatistics();
    const before = await rowsRead('event_outbox');
    const depth = await shown('outbox_depth');
    assert.ok(depth > 20_000 && depth < 30_000, `${depth}`);
    const read = (await rowsRead('event_outbox')) - before;
    assert.ok(read > most && read < most + 100, `${read} rows`);
  });

  it('show an estimate of the outbox when PostgreSQL cannot count in time', async () => {
    await publish(15_000);
    await flushStatistics();
    const other = new Client(world.url);
    await other.connect();
    await other.query('begin; lock table event_outbox in access exclusive mode');
    const depth = await shown('outbox_depth');
    await other.end();
    assert.ok(depth > 10_000 && depth < 20_000, `${depth}`);
  });

  it('count the parked events of each group up to 10,000, and estimate more', async () => {
    await park('few', 3);
    await park('many', 15_000);
    await park('more', 15_000);
    await flushStatistics();
    const before = await rowsRead('event_parked');
    const values = await Promise.all(
      ['few', 'idle', 'many', 'more', 'outbox'].map((group) => shown('parked_events', `{group="${group}"}`)),
    );
    const read = (await rowsRead('event_parked')) - before;
    assert.deepEqual(values, [3, 0, 15_000, 15_000, 0]);
    assert.ok(read < 5 * (2 * most + 100), `${read} rows`);
  });
});
