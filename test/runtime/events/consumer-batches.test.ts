import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { PartitionStatus } from '../../../src/runtime/events/consumer/partition-status.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { appendBatch, gzipBomb, rawBatch, rawRecord } from '../../support/raw-batches.ts';
import batches from './compressed-batches/batches.json' with { type: 'json' };
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

const { topic } = noteWritten;
const MEGABYTE = 1024 * 1024;

/** Batches that cannot be read, by the reason. */
const unreadable: [why: RegExp, batch: Buffer][] = [
  [/more than 16777216 bytes/, gzipBomb(32 * MEGABYTE)],
  [/codec 5/, rawBatch({ attributes: 5, count: 3, content: Buffer.from('whatever') })],
  [/snappy/, rawBatch({ attributes: 2, count: 2, content: Buffer.from('no snappy, though it says so') })],
  [/ends too soon/, rawBatch({ count: 2, content: rawRecord(0, Buffer.from('one record alone')) })],
];

describe('record batches of other clients', () => {
  let fixture: Fixture;
  let consumers: Consumers;
  let registry: Registry;
  let texts: string[];

  beforeEach(async () => {
    fixture = await createFixture(2);
    registry = new Registry();
    consumers = fixture.consumers({ registry });
    texts = [];
    consumers.on(noteWritten, async ({ data }) => void texts.push(data.text));
    consumers.start();
  });
  afterEach(() => fixture.close());

  const append = (partition: number, batch: Buffer): Promise<void> =>
    appendBatch(fixture.config.kafka.bootstrapServers.join(), { topic, partition }, batch);
  const partition = (number: number): PartitionStatus | undefined =>
    consumers.status()[0]?.partitions.find((each) => each.partition === number);

  it('are handled with every compression: gzip, snappy in both framings, lz4 and zstd', async () => {
    for (const batch of Object.values(batches)) await append(0, Buffer.from(batch, 'base64'));
    await waitFor(() => partition(0)?.lag === 0 && partition(0)?.position === 180);
    for (const name of Object.keys(batches)) {
      const expected = Array.from({ length: 20 }, (_, index) => `${name} ${index}`);
      const handled = texts.filter((text) => text.startsWith(`${name} `));
      // the events that kcat wrote have one id
      assert.deepEqual(handled, name.startsWith('java') ? expected : expected.slice(0, 1));
    }
  });

  it('that cannot be decompressed stop only their partition, until the position is past them', async () => {
    await append(0, Buffer.from(batches['java-lz4'], 'base64'));
    for (const [, batch] of unreadable) await append(0, batch);
    await append(0, Buffer.from(batches['java-none'], 'base64'));
    await append(1, Buffer.from(batches['java-gzip'], 'base64'));
    let offset = 20;
    for (const [why, batch] of unreadable) {
      const last = offset + batch.readInt32BE(23);
      // the events before the damage are still to be handled when the partition stops fetching
      await waitFor(() => partition(0)?.stopped?.offset === offset && partition(0)?.position === offset);
      assert.deepEqual({ ...partition(0)?.stopped, reason: '' }, { offset, last, reason: '' });
      assert.match(partition(0)?.stopped?.reason ?? '', why);
      assert.match(await registry.metrics(), /microservice_consumer_stopped\{[^}]+partition="0"\} 1/);
      const errors = fixture.log.filter(({ level, msg }) => level === 'error' && why.test(msg));
      assert.equal(errors.length, 1, 'one line says it');
      assert.match(
        errors[0]?.msg ?? '',
        new RegExp(`${topic}/0 stops at ${offset}: .*inbox skip ${topic} 0 ${offset} --through ${last}`),
      );
      offset = last + 1;
      await fixture.database('event_positions').where({ topic, partition: 0 }).update({ position: offset });
    }
    // a handler runs again if its batch was rolled back
    await waitFor(() => new Set(texts).size === 60);
    await waitFor(() => partition(0)?.lag === 0 && partition(1)?.lag === 0);
    assert.equal(partition(0)?.stopped, undefined);
    assert.equal(consumers.healthy(), true);
    assert.match(await registry.metrics(), /microservice_consumer_stopped\{[^}]+partition="0"\} 0/);
    assert.doesNotMatch(await registry.metrics(), /rebuilds_total\{/, 'the member was never lost');
  });
});
