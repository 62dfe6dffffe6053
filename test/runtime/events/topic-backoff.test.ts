import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopicBackoff } from '../../../src/runtime/events/topic-backoff.ts';

describe('the back-off of a topic', () => {
  it('counts senders that fail together as one failure', () => {
    const backoff = createTopicBackoff();
    const delays = Array.from({ length: 4 }, () => backoff.fail('orders'));
    assert(Math.max(...delays) <= 122, `${delays.join()} ms`); // the first is 100 ms and a fifth
  });

  it('is over when a timer of its length fires', async () => {
    const backoff = createTopicBackoff();
    const topics = Array.from({ length: 50 }, (_, n) => `topic-${n}`);
    const late = await Promise.all(
      topics.map(async (topic) => {
        await sleep(backoff.fail(topic));
        return backoff.waiting().includes(topic);
      }),
    );
    assert.deepEqual(new Set(late), new Set([false]));
  });

  it('grows while the topic fails, and starts again after it was taken', async () => {
    const backoff = createTopicBackoff();
    await sleep(backoff.fail('orders'));
    assert(backoff.fail('orders') > 150);
    assert(backoff.succeed('orders'));
    assert.deepEqual(backoff.waiting(), []);
    assert(backoff.fail('orders') <= 122);
  });
});
