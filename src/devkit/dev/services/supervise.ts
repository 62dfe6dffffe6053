import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../errors.ts';
import { type FileWatch, watchService } from './file-watch.ts';
import type { ServiceProcess } from './service-process.ts';

export interface Supervised {
  /** Resolves to the exit code if changes are not watched; otherwise never. */
  ended: Promise<number>;
  /** Lets the service drain, and resolves when it has ended. Safe to repeat. */
  stop: () => Promise<void>;
  /** Kills the service. */
  kill: () => void;
}

export interface SuperviseOptions {
  root: string;
  /** Restart the service when one of its files changes or when it exits. */
  watch: boolean;
  start: () => Promise<ServiceProcess>;
  say: (line: string) => void;
}

/** The delay before the first restart of a service that exited, in ms; it doubles every time. */
const firstPause = 1_000;
const longestPause = 30_000;
/** The time after which a service counts as stable, in ms. */
const stable = 30_000;

/** Runs a service. If changes are watched, restarts it when it exits or when one of its files changes. */
export async function supervise({ root, watch, start, say }: SuperviseOptions): Promise<Supervised> {
  const files = watch ? await watchService(root, say) : undefined;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  let current = await start();
  const running = files ? keepRunning(files) : Promise.resolve();

  async function keepRunning(changes: FileWatch): Promise<void> {
    let change: string | undefined;
    let changed = next();
    for (let pause = firstPause; !stopping.signal.aborted;) {
      const since = performance.now();
      const code = await Promise.race([stopped, changed, current.ended]);
      if (stopping.signal.aborted) return;
      if (code !== undefined) {
        if (performance.now() - since > stable) pause = firstPause;
        say(`Ended       with ${code}; restarts in ${pause / 1_000} s, or when a file changes`);
        await Promise.race([stopped, changed, delay(pause)]);
        pause = Math.min(pause * 2, longestPause);
      }
      if (change !== undefined) {
        say(`Changed     ${change}; restarting`);
        pause = firstPause;
        change = undefined;
        changed = next();
      }
      await current.stop();
      if (!stopping.signal.aborted) current = await start().catch(failed);
    }

    async function next(): Promise<void> {
      change = await changes.next();
    }
  }

  function failed(reason: unknown): ServiceProcess {
    say(`Cannot start: ${errorMessage(reason)}`);
    return { ended: Promise.resolve(1), stop: async () => {}, kill: () => {} };
  }

  return {
    ended: files ? new Promise(() => undefined) : current.ended,
    kill: () => current.kill(),
    stop: async () => {
      stopping.abort();
      files?.close();
      await running;
      await current.stop();
    },
  };
}
