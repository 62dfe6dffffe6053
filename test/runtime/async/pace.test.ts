import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPace } from '../../../src/runtime/async/pace.ts';

const burst = 10;

/** Begins something after each gap, as soon as the pace allows it. Returns the times, and the longest wait. */
function run(gaps: readonly number[], interval: number): { begins: number[]; longest: number } {
  let time = 1_000;
  const pace = createPace(burst, () => time);
  const begins: number[] = [];
  let arrival = time;
  let longest = 0;
  for (const gap of gaps) {
    arrival += gap;
    time = Math.max(time, arrival);
    time += Math.max(pace.wait(), 0);
    longest = Math.max(longest, time - arrival);
    pace.begun(interval);
    begins.push(time);
  }
  return { begins, longest };
}

const gapsFrom = (min: number, max: number) =>
  fc.array(fc.double({ min, max, noNaN: true }), { minLength: 1, maxLength: 100 });

describe('a pace', () => {
  it('does not delay starts that are rarer than its interval', () => {
    fc.assert(fc.property(gapsFrom(4, 50), (gaps) => assert.ok(run(gaps, 4).longest < 1e-6)));
  });

  it('delays no burst after a quiet time', () => {
    const coinciding = Array.from({ length: burst - 1 }, () => 0);
    assert.ok(run([0, ...coinciding, burst * 4, ...coinciding], 4).longest < 1e-6);
  });

  it('allows one start per interval, and a burst', () => {
    fc.assert(
      fc.property(gapsFrom(0, 10), (gaps) => {
        const { begins } = run(gaps, 4);
        for (const [first, from] of begins.entries()) {
          const later = begins.slice(first + 1);
          for (const [between, until] of later.entries())
            assert.ok(
              between <= (until - from) / 4 + burst + 1e-6,
              `${between + 2} from ${from} to ${until} ms`,
            );
        }
      }),
    );
  });
});
