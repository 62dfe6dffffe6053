import { createRandom } from './random.ts';
import type { Replica } from './replica.ts';
import type { World } from './world.ts';

/** How often a process is to die at each failpoint. */
export type CrashPoints = Readonly<Record<string, number>>;

const latestHit = 15;

/**
 * Replicas of both banks die at failpoints, one of a bank at a time, at a random hit of the point. Resolves to how often each
 * point was hit; rejects when a process ended otherwise.
 */
export async function dieAtAll(
  { banks }: World,
  points: CrashPoints,
  seed: number,
): Promise<Record<string, number>> {
  const random = createRandom(seed);
  const queue = random.shuffle(
    Object.entries(points).flatMap(([point, times]) => Array.from({ length: times }, () => point)),
  );
  const hits: Record<string, number> = {};
  await Promise.all(
    banks.map(async ({ replicas }) => {
      for (let point = queue.shift(); point; point = queue.shift()) {
        await dieAt(random.pick(replicas), point, random.between(1, latestHit + 1));
        hits[point] = (hits[point] ?? 0) + 1;
      }
    }),
  );
  return hits;
}

async function dieAt(replica: Replica, point: string, nth: number): Promise<void> {
  const { signal, code, errors } = await replica.dieAt(`${point}:${nth}`);
  if (signal === 'SIGKILL' && errors.includes(`failpoint ${point} hit`)) return;
  throw new Error(
    `${replica.name} should have died at ${point}: ended with ${code ?? signal}, and said\n${errors}`,
  );
}
