import type { Logger } from 'pino';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The delays in ms: before the first run, between runs, and after a failed run. */
export interface PruningDelays {
  first: number;
  next: number;
  failed: number;
}

/** Deletes rows until `stopped` returns true. Resolves to their number. */
export type Deletion = (stopped: () => boolean) => Promise<number>;

export interface PruningOptions {
  /** The rows in messages, such as `old events of the inbox`. */
  rows: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Resolves to a function that deletes the rows that are old enough; undefined if none may be deleted. `stop` does not wait for it. */
  deletion: () => Promise<Deletion | undefined>;
  /** Default: within six minutes, every hour, and after a minute. */
  delays?: PruningDelays | undefined;
}

/** Deletes old rows of a table every hour. */
export interface Pruning {
  start(): void;
  /** Resolves when no statement of the pruning is running. */
  stop(): Promise<void>;
}

export function createPruning({ rows, logger, deletion, ...options }: PruningOptions): Pruning {
  // replicas that start together must not prune together
  const delays = options.delays ?? { first: Math.random() * 0.1 * HOUR, next: HOUR, failed: MINUTE };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let deleting: Promise<number> | undefined;

  async function run(): Promise<void> {
    let next = delays.next;
    try {
      const remove = await deletion();
      if (!remove || isStopped) return plan(next);
      deleting = remove(() => isStopped);
      const deleted = await deleting;
      if (deleted > 0) logger.info({ deleted }, `deleted ${rows}`);
    } catch (error) {
      next = delays.failed;
      logger.warn({ err: error }, `${rows} could not be deleted; trying again in ${next} ms`);
    }
    plan(next);
  }

  function plan(delay: number): void {
    if (!isStopped) timer = setTimeout(() => void run(), delay).unref();
  }

  return {
    start: () => plan(delays.first),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await deleting?.catch(() => undefined);
    },
  };
}
