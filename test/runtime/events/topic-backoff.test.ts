import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopicBackoff } from '../../../src/runtime/events/relay/topic-backoff.ts';

describe('the back-off of a topic', () => {
  it('counts senders that fail together as one failure', () => {
    const backoff = createTopicBackoff();
    const delays = Array.from({ length: 4 }, () => backoff.fail({ topic: 'orders', lane: 1 }));
    assert(Math.max(...delays) <= 122, `${delays.join()} ms`); // the first delay is 100 ms plus at most a fifth
  });

  it('has ended when a timer of its length fires', async () => {
    const backoff = createTopicBackoff();
    const topics = Array.from({ length: 50 }, (_, n) => `topic-${n}`);
    const late = await Promise.all(
      topics.map(async (topic) => {
        await sleep(backoff.fail({ topic }));
        return backoff.waiting().some((each) => each.topic === topic);
      }),
    );
    assert.deepEqual(new Set(late), new Set([false]));
  });

  it('grows while the topic fails in a lane, and starts again after a success', async () => {
    const backoff = createTopicBackoff();
    const lane = { topic: 'orders', lane: 1 };
    await sleep(backoff.fail(lane));
    assert(backoff.fail(lane) > 150);
    assert(backoff.fail({ ...lane, lane: 2 }) <= 122);
    assert.equal(backoff.succeed('orders', 1), false);
    assert.deepEqual(backoff.waiting(), [{ topic: 'orders', lane: 2 }]);
    assert.equal(backoff.succeed('orders', 2), true);
    assert(backoff.fail(lane) <= 122);
  });

  it('of all lanes ends when one of them succeeds', () => {
    const backoff = createTopicBackoff();
    backoff.fail({ topic: 'orders' });
    assert.deepEqual(backoff.waiting(), [{ topic: 'orders', lane: undefined }]);
    assert.equal(backoff.succeed('bills', 1), false);
    assert.equal(backoff.succeed('orders', 1), true);
    assert.deepEqual(backoff.waiting(), []);
  });
});
