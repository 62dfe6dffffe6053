import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Part } from '../../lifecycle/part.ts';
import { pruneAnswers } from './stored-answers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Options {
  database: Knex;
  logger: Logger;
  /** The delays in ms: before the first run, between runs, and after a failed run. */
  delays?: { first: number; next: number; failed: number };
}

/** Deletes old answers every hour, from `start` to `stop`. */
export function createAnswerPruner({ database, logger, ...options }: Options): Required<Part> {
  // replicas that start together must not prune together
  const delays = options.delays ?? { first: Math.random() * 0.1 * HOUR, next: HOUR, failed: MINUTE };
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let running: Promise<void> | undefined;

  async function prune(): Promise<void> {
    let next = delays.next;
    try {
      const deleted = await pruneAnswers(database, () => isStopped);
      if (deleted > 0) logger.info({ deleted }, 'deleted the stored answers of old idempotency keys');
    } catch (error) {
      next = delays.failed;
      logger.warn({ err: error }, `old idempotency keys could not be deleted; trying again in ${next} ms`);
    }
    plan(next);
  }

  function plan(delay: number): void {
    if (!isStopped) timer = setTimeout(() => void (running = prune()), delay).unref();
  }

  return {
    name: 'pruner of idempotency keys',
    start: async () => plan(delays.first),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
