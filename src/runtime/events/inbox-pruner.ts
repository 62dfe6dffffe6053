import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { pruneInbox } from './inbox.ts';

const HOUR = 60 * 60 * 1_000;

/** Keeps the inbox from growing for ever: every hour, and soon after the start, it forgets what is older than `retention` ms. */
export function createInboxPruner(database: Knex, retention: number, logger: Logger) {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function prune(): Promise<void> {
    try {
      const before = new Date(Date.now() - retention);
      const deleted = await pruneInbox(database, before, { stopped: () => stopped });
      if (deleted > 0) logger.info({ deleted, before }, 'forgot old events of the inbox');
    } catch (error) {
      logger.warn({ err: error }, 'old events of the inbox could not be deleted; trying again in an hour');
    }
  }

  function plan(delay: number): void {
    timer = setTimeout(() => void prune().finally(() => stopped || plan(HOUR)), delay).unref();
  }

  return {
    // replicas that start together do not prune together
    start: (): void => plan(Math.random() * 0.1 * HOUR),
    stop(): void {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
