import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { createPruning, type PruningDelays } from '../../database/pruning/schedule.ts';
import type { Part } from '../../lifecycle/part.ts';
import { pruneAnswers } from './stored-answers.ts';

interface Options {
  database: Knex;
  logger: Logger;
  delays?: PruningDelays;
}

/** Deletes old answers every hour, from `start` to `stop`. */
export function createAnswerPruner({ database, logger, delays }: Options): Required<Part> {
  const pruning = createPruning({
    ...{ logger, delays, rows: 'stored answers of old idempotency keys' },
    deletion: async () => (stopped) => pruneAnswers(database, stopped),
  });
  return {
    name: 'pruner of idempotency keys',
    start: async () => pruning.start(),
    stop: () => pruning.stop(),
  };
}
