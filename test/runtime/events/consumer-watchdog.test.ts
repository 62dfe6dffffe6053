import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { OpenPartition } from '../../../src/runtime/events/consumer/partition.ts';
import { createWatchdog } from '../../../src/runtime/events/consumer/watchdog.ts';

describe('the watchdog of a consumer', () => {
  const stops: (() => void)[] = [];
  afterEach(() => stops.forEach((stop) => stop()));

  /** A partition that has fetched up to `next`; `seen` are the reported ends of the log. */
  function partition(next: number, isIdle = true): OpenPartition & { seen: number[] } {
    const seen: number[] = [];
    return {
      seen,
      receive: () => {},
      nextFetch: () => next,
      beginFetch: () => next,
      storePosition: () => Promise.resolve(),
      seeEnd: (end) => void seen.push(end),
      isIdle: () => isIdle,
      flow: () => {},
      status: () => ({ topic: 't', partition: 0, position: next, lag: 0 }),
      close: () => Promise.resolve(),
    };
  }

  const offsets = [{ partition: 0, low: 0, high: 10 }];

  function watch(
    watched: OpenPartition,
    knownIdle = new Set<string>(),
    driver = { topicOffsets: () => Promise.resolve(offsets) },
  ): string[] {
    const stalls: string[] = [];
    const watchdog = createWatchdog({
      driver,
      interval: 5,
      partitions: () => [watched],
      knownIdle,
      stalled: (reason) => stalls.push(reason.message),
    });
    stops.push(() => watchdog.stop());
    return stalls;
  }

  it('reports a partition that has events but returns none, once for each position', async () => {
    const silent = partition(4);
    const stalls = watch(silent);
    await waitFor(() => silent.seen.length > 5);
    assert.deepEqual(stalls, ['no events arrive from t/0@4, although the partition ends at 10']);
  });

  it('reports nothing if all events are fetched, if fetched events wait, or if a new member found nothing either', async () => {
    const partitions = [partition(10), partition(4, false), partition(4)] as const;
    const stalls = [watch(partitions[0]), watch(partitions[1]), watch(partitions[2], new Set(['t/0@4']))];
    await waitFor(() => partitions.every(({ seen }) => seen.length > 5));
    assert.deepEqual(stalls.flat(), []);
    assert.equal(partitions[1].seen[0], 10);
  });

  it('does not count the time in which Kafka does not answer, and never checks twice at once', async () => {
    const silent = partition(4);
    let looks = 0;
    let atOnce = 0;
    let mostAtOnce = 0;
    const stalls = watch(silent, new Set(), {
      async topicOffsets() {
        looks += 1;
        mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
        await sleep(12);
        atOnce -= 1;
        if (looks % 2 === 0) throw new Error('Kafka did not answer');
        return offsets;
      },
    });
    await waitFor(() => looks > 8);
    assert.deepEqual(stalls, []);
    assert.equal(mostAtOnce, 1);
  });
});
