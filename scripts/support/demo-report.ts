import { seconds } from './seconds.ts';

/** Runs a step, and prints its title and its duration. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work();
  console.log(`${seconds(started).padStart(8)}  ${title}`);
  return result;
}
