import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** What an actor does at its turn, such as one statement; resolves to what `work` does. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

export type Actor = (turn: Turn) => Promise<void>;

/** A statement that takes longer waits for a lock of another actor, so that the others go on. */
const BLOCKED_AFTER = 10;

/**
 * Runs actors that wait for each other in the order that `choices` names, so that a seed replays what happened: at each
 * step one of those that wait does one piece of work. `check` is called after each.
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
