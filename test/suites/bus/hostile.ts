import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { allowAnyTime, appendRecords, type RawRecord } from '../../support/raw-records.ts';
import type { Suite } from './bus-suite.ts';
import { hostileRecords } from './hostile-records.ts';
import type { Replica } from './order-world.ts';
import { noteEffect, upTo } from './orders.ts';

const HOSTILE = 200;
const KEYS = 40;
const patience = 60_000;

export function hostileBehaviour({ world, broker }: Suite): void {
  it('a consumer handles every valid event among 200 records of arbitrary bytes, and handles, counts or parks each of these records', async function () {
    this.timeout(150_000);
    const { startConsumer, copies, topic } = world();
    const times = createTimes();
    const consumer = await startConsumer(async (event, trx) => {
      if (event.data.revision > 1_000) throw new TypeError(`never ${event.subject}`);
      await noteEffect(event, trx);
      times.handled(event.id);
    });
    await waitFor(() => consumer.bus.status().consumers[0]?.state === 'running', { timeout: patience });
    const { bootstrapServers } = broker();
    await allowAnyTime(bootstrapServers, topic);

    const seed = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
    console.log(`      HOSTILE_SEED=${seed}`);
    const hostile = fc.sample(hostileRecords('order.changed'), { numRuns: HOSTILE, seed });
    const records = hostile.flatMap((record, index) => [record, goodRecord(index)]);
    for (let start = 0; start < records.length; start += 20) {
      const some = records.slice(start, start + 20);
      some.forEach((_, index) => times.sent(idOf(Math.floor((start + index) / 2))));
      await appendRecords(bootstrapServers, { topic }, some);
    }

    const good = copies('effects').whereLike('order_id', 'good-%');
    await waitFor(async () => (await good.clone()).length === HOSTILE, {
      timeout: patience,
      message: `${HOSTILE} effects of good events (HOSTILE_SEED=${seed})`,
    });
    console.log(`      the slowest of ${HOSTILE} good events took ${times.longest()} ms`);
    const rows = await good.clone().orderBy('place');
    for (let key = 0; key < KEYS; key++) {
      const revisions = rows.filter((row) => row.order_id === `good-${key}`).map((row) => row.revision);
      assert.deepEqual(revisions, upTo(HOSTILE / KEYS), `order of good-${key} (HOSTILE_SEED=${seed})`);
    }

    await waitFor(() => lagOf(consumer) === 0, {
      timeout: patience,
      message: `no lag (HOSTILE_SEED=${seed})`,
    });
    assert.ok(consumer.bus.healthy());
    const { length: parked } = await copies('event_parked').select('id');
    const counted = await countedBy(consumer);
    assert.equal(
      parked + counted,
      2 * HOSTILE,
      `${parked} parked, ${counted} counted (HOSTILE_SEED=${seed})`,
    );
    assert.ok(parked > 0, 'the good events passed though nothing hostile was parked');
    const blocked = await copies('event_parked_keys').whereLike('key', 'good-%');
    assert.deepEqual(blocked, []);
  });
}

const idOf = (index: number): string => `good-event-${index}`;

/** One of 40 keys, whose revisions come in order. */
function goodRecord(index: number): RawRecord {
  const headers = { ce_id: idOf(index), ce_type: 'order.changed', ce_source: 'good', ce_specversion: '1.0' };
  return {
    key: Buffer.from(`good-${index % KEYS}`),
    value: Buffer.from(JSON.stringify({ revision: Math.floor(index / KEYS) + 1 })),
    headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
    timestamp: BigInt(Date.now()),
  };
}

const lagOf = ({ bus }: Replica): number =>
  bus
    .status()
    .consumers.flatMap(({ partitions }) => partitions)
    .reduce((sum, { lag }) => sum + lag, 0);

/** Returns the number of events handled or skipped, from the metrics. */
async function countedBy({ bus }: Replica): Promise<number> {
  const lines = (await bus.registry.metrics()).split('\n');
  const counters = /^microservice_consumer_(handled|duplicates|tombstones|unhandled)_total\{.*\} (\d+)$/;
  return lines.reduce((sum, line) => sum + Number(counters.exec(line)?.[2] ?? 0), 0);
}

function createTimes() {
  const sent = new Map<string, number>();
  let longest = 0;
  return {
    sent: (id: string): unknown => sent.has(id) || sent.set(id, performance.now()),
    handled(id: string): void {
      const since = sent.get(id);
      if (since !== undefined) longest = Math.max(longest, performance.now() - since);
    },
    longest: (): number => Math.round(longest),
  };
}
