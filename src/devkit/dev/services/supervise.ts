import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../errors.ts';
import type { Output } from '../output/output.ts';
import { type FileWatch, watchService } from './file-watch.ts';
import type { NewMigrations } from './new-migrations.ts';
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
  migrations: NewMigrations;
  output: Output;
}

/** The delay before the first restart of a service that exited, in ms; it doubles every time. */
const firstPause = 1_000;
const longestPause = 30_000;
/** The time after which a service counts as stable, in ms. */
const stable = 30_000;

/**
 * Runs a service. If changes are watched, restarts it when it exits or when one of its files changes, and runs new migrations
 * before.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { root, watch, start, migrations, output } = options;
  const files = watch ? await watchService(root, output.say) : undefined;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  let isKilled = false;
  let current = await start();
  const running = files ? keepRunning(files) : Promise.resolve();

  async function keepRunning(changes: FileWatch): Promise<void> {
    let change: string[] | undefined;
    let changed = next();
    let hasEnded = false;
    for (let pause = firstPause; !stopping.signal.aborted;) {
      const since = performance.now();
      const code = await Promise.race([stopped, changed, ...(hasEnded ? [delay(pause)] : [current.ended])]);
      if (stopping.signal.aborted) return;
      if (change !== undefined) {
        const [seen, isOurs] = [change, change.some((file) => !isMigration(file))];
        change = undefined;
        changed = next();
        const files = seen.filter(isMigration);
        if (files.length > 0) await migrations.look(files);
        if (!isOurs) continue;
        output.changed(seen.find((file) => !isMigration(file)) ?? '');
        pause = firstPause;
      } else if (code !== undefined) {
        if (performance.now() - since > stable) pause = firstPause;
        output.ended(code, pause);
        hasEnded = true;
        continue;
      } else pause = Math.min(pause * 2, longestPause);
      await current.stop();
      hasEnded = false;
      if (!stopping.signal.aborted) current = await start().catch(failed);
      if (isKilled) current.kill();
    }

    async function next(): Promise<void> {
      change = await changes.next();
    }
  }

  function failed(reason: unknown): ServiceProcess {
    output.say(`Cannot start: ${errorMessage(reason)}`);
    return { ended: Promise.resolve(1), stop: async () => {}, kill: () => {} };
  }

  return {
    ended: files ? new Promise(() => undefined) : current.ended,
    kill: () => {
      isKilled = true;
      migrations.kill();
      current.kill();
    },
    stop: async () => {
      stopping.abort();
      files?.close();
      migrations.kill();
      await running;
      await current.stop();
    },
  };
}

const isMigration = (file: string): boolean => /^migrations[/\\]/.test(file);
