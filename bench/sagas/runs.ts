import { allAtOnce, atRate } from '../events/pace.ts';
import { now } from '../events/program.ts';

/** When each order was placed and when its saga ended, by the clock of `now`. */
export interface Run {
  placed: number[];
  ended: number[];
}

/** The questions that every side of the benchmark answers. */
export interface OrderApi extends Record<string, (...args: never[]) => unknown> {
  start(): Promise<void>;
  /** Places orders, `concurrency` at a time, without waiting for their sagas. */
  burst(concurrency: number, count: number): Promise<Run>;
  atRate(rate: number, count: number): Promise<Run>;
  /** The CPU time of the process so far, in milliseconds. */
  cpu(): number;
}

export const cpu = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1_000;

/**
 * Returns the runs of a side. `place` resolves when the order is stored and its saga has started, with a promise of the end.
 */
export function runsOf(
  place: (id: string) => Promise<{ ended: Promise<number> }>,
): Pick<OrderApi, 'burst' | 'atRate'> {
  let runs = 0;
  async function run(pace: (work: (index: number) => Promise<void>) => Promise<void>): Promise<Run> {
    const prefix = `o-${(runs += 1)}`;
    const placed: number[] = [];
    const ends: Promise<number>[] = [];
    await pace(async (index) => {
      placed[index] = now();
      const { ended } = await place(`${prefix}-${index}`);
      ends[index] = ended;
    });
    return { placed, ended: await Promise.all(ends) };
  }
  return {
    burst: (concurrency, count) => run((work) => allAtOnce(concurrency, count, work)),
    atRate: (rate, count) => run((work) => atRate(rate, count, work)),
  };
}
