import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createGroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { createConsumerMetrics } from '../../../src/runtime/events/handling/metrics.ts';
import { openPartition } from '../../../src/runtime/events/consumer/partition.ts';
import { createMessageQueue } from '../../../src/runtime/events/consumer/queue.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';
import { createPosition } from '../../../src/runtime/events/inbox/positions.ts';
import { createSemaphore } from '../../../src/runtime/async/semaphore.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

const message = (offset: number, value: Buffer | null): IncomingMessage => ({
  topic: noteWritten.topic,
  partition: 0,
  offset: String(offset),
  key: null,
  value,
  headers: { ce_id: String(offset), ce_source: 'test', ce_type: noteWritten.type },
});

describe('the waiting messages of a partition', () => {
  it('are counted, and so are their bytes', () => {
    const queue = createMessageQueue();
    queue.push([message(3, Buffer.alloc(100)), message(5, null), message(6, Buffer.alloc(50))]);
    assert.deepEqual([queue.size(), queue.bytes()], [3, 150]);
    assert.equal(queue.dropBelow(5), 1);
    assert.deepEqual([queue.size(), queue.bytes()], [2, 50]);
    assert.equal(queue.dropBelow(100), 2);
    assert.deepEqual([queue.size(), queue.bytes()], [0, 0]);
  });

  describe('in a partition', () => {
    let fixture: Fixture;
    before(async () => (fixture = await createFixture(1)));
    after(() => fixture.close());

    it('pause its fetching when they have too many bytes, until half of that is left', async () => {
      const of = { groupId: 'g', topic: noteWritten.topic, partition: 0 };
      const { database, logger, config } = fixture;
      const handlers = createGroupHandlers();
      let release: () => void = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      handlers.addTopics([of.topic], () => released);
      const flow: string[] = [];
      const partition = openPartition(await createPosition(database, of, 0), 4, {
        ...{ database, logger, handlers, of, slots: createSemaphore(1) },
        settings: { ...defaultSettings(config), queueBytes: 1_000, batchSize: 1 },
        metrics: createConsumerMetrics(new Registry())('g'),
        pause: () => flow.push('pause'),
        resume: () => flow.push(`resume at ${partition.status().position}`),
        fetchFrom: () => {},
        stale: () => {},
        parked: () => {},
      });
      const json = Buffer.from(JSON.stringify('x'.repeat(298)));
      const messages = [0, 1, 2, 3].map((offset) => message(offset, json));
      const log = { topic: of.topic, partition: 0, end: 4, logEnd: 4 };
      partition.receive({ ...log, from: 0, next: 3, messages: messages.slice(0, 3) });
      assert.equal(flow.join(), '');
      partition.receive({ ...log, from: 3, next: 4, messages: messages.slice(3) });
      assert.equal(flow.join(), 'pause');
      release();
      await waitFor(() => partition.status().position === 4);
      assert.equal(
        flow.find((each) => each.startsWith('resume')),
        'resume at 3',
      );
      await partition.close();
    });
  });
});
