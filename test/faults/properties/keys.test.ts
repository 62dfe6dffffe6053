import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createMessageQueue } from '../../../src/runtime/events/consumer/queue.ts';
import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';
import { insertIntoOutbox } from '../../../src/runtime/events/outbox/insert.ts';
import { createOutboxDatabase, type OutboxDatabase } from '../../runtime/events/outbox-fixture.ts';
import { effort } from './effort.ts';

const nul = String.fromCodePoint(0);
const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => !text.includes(nul));

describe('the lane of an event', () => {
  let world: OutboxDatabase;
  before(async () => (world = await createOutboxDatabase()));
  after(() => world.close());

  it('is the same for every event of a topic and key, whatever characters the key has, and is one of 16', async () => {
    const keys = fc.array(key, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(keys, fc.constantFrom('a.events', 'b.events'), async (some, topic) => {
        const trx = await world.database.transaction();
        try {
          const messages = [...some, ...some].map((each) => ({ topic, key: each, value: '1', headers: {} }));
          const lanes = await insertIntoOutbox(await trx.client.acquireConnection(), messages);
          const saved = await trx<{ key: string; lane: number }>('event_outbox').distinct('key', 'lane');
          assert.equal(saved.length, new Set(some).size);
          assert.deepEqual(new Set(saved.map(({ lane }) => lane)), lanes);
          assert.ok([...lanes].every((lane) => lane >= 0 && lane < 16));
        } finally {
          await trx.rollback();
        }
      }),
      effort(50),
    );
  });
});

describe('the queue of a partition', () => {
  const message = (offset: number): IncomingMessage => ({
    topic: 't',
    partition: 0,
    offset: String(offset),
    key: null,
    value: null,
    headers: {},
  });
  const step = fc.oneof(
    fc.record({ what: fc.constant('push'), count: fc.nat({ max: 5 }) }),
    fc.record({ what: fc.constant('first'), count: fc.nat({ max: 8 }) }),
    fc.record({ what: fc.constant('drop'), count: fc.nat({ max: 8 }) }),
  );

  it('returns the received messages in order, until the position is past them', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const queue = createMessageQueue();
        let waiting: number[] = [];
        let next = 0;
        for (const { what, count } of steps) {
          if (what === 'push') {
            const fresh = Array.from({ length: count }, () => (next += 1 + (next % 2))); // offsets may have gaps
            queue.push(fresh.map(message));
            waiting.push(...fresh);
          } else if (what === 'drop') {
            const position = (waiting[0] ?? next) + count;
            const kept = waiting.filter((offset) => offset >= position);
            assert.equal(queue.dropBelow(position), waiting.length - kept.length);
            waiting = kept;
          }
          assert.deepEqual(
            queue.first(count).map(({ offset }) => Number(offset)),
            waiting.slice(0, count),
          );
          assert.equal(queue.size(), waiting.length);
        }
      }),
    );
  });
});
