import assert from 'node:assert/strict';
import { collect } from '../../../src/runtime/async/collect.ts';

describe('collect', () => {
  it('passes the items that arrive during a run to the next run, together and in order', async () => {
    const runs: string[][] = [];
    const ends: (() => void)[] = [];
    const give = collect(async (items: string[]) => {
      runs.push(items);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
    const first = give('a');
    await Promise.resolve();
    const others = [give('b'), give('c')];
    assert.deepEqual(runs, [['a']]);
    ends[0]?.();
    await first;
    await Promise.resolve();
    assert.deepEqual(runs, [['a'], ['b', 'c']]);
    ends[1]?.();
    await Promise.all(others);
  });

  it('rejects only the items of a failed run, and continues', async () => {
    const give = collect(async (items: number[]) => {
      if (items.includes(13)) throw new Error('13 is refused');
    });
    const first = give(13);
    const second = give(13);
    await assert.rejects(first, /13 is refused/);
    await assert.rejects(second, /13 is refused/);
    await give(14);
  });
});
