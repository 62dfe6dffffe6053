import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** One step of an actor at its turn, such as one statement; resolves like `work`. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

export type Actor = (turn: Turn) => Promise<void>;

/** A statement that takes longer waits for another actor's lock, so the others continue. */
const BLOCKED_AFTER = 10;

/**
 * Runs actors in the order of `choices`, so that a seed repeats the run: at each step, one waiting actor does one piece of
 * work. `check` is called after each.
 */
export async function interleave(
  actors: readonly Actor[],
  choices: readonly number[],
  check: () => void = () => {},
): Promise<void> {
  const waiting: (() => Promise<void>)[] = [];
  const blocked = new Set<Promise<void>>();
  const turn: Turn = (work) =>
    new Promise((resolve, reject) => {
      waiting.push(() => work().then(resolve, reject));
    });
  let over = false;
  const ended = Promise.allSettled(actors.map((actor) => actor(turn))).finally(() => (over = true));

  for (let step = 0; ; step += 1) {
    await setImmediate();
    if (over) break;
    const [next] = waiting.splice((choices[step % choices.length] ?? 0) % (waiting.length || 1), 1);
    if (!next) await Promise.race([...blocked, ended, sleep(1)]);
    else {
      const working = next().finally(() => blocked.delete(working));
      blocked.add(working);
      await Promise.race([working, sleep(BLOCKED_AFTER)]);
    }
    check();
  }
  const failed = (await ended).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
