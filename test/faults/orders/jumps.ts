import { createRandom } from '../random.ts';

const minute = 60_000;

/** Draws jumps of the clock, in milliseconds: past the timeouts of steps, past the deadline of sagas, and back, each in turn. */
export function drawJumps(seed: number, count: number): number[] {
  const random = createRandom(seed);
  const ranges = random.shuffle([
    [11, 30],
    [-8, -1],
    [25 * 60, 30 * 60],
  ] as const);
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = ranges[index % ranges.length] ?? [1, 2];
    return random.between(from, to) * minute;
  });
}
