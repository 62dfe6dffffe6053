import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { SagaConfig } from '../../config/saga-config.ts';
import { createPruning, type Pruning, type PruningDelays } from '../../database/pruning/schedule.ts';
import { askOf, isThere } from '../../database/required-schema.ts';
import { deleteEnded, deleteRequests } from '../store/old-rows.ts';

export interface SagaPruningOptions {
  database: Knex;
  logger: Logger;
  config: SagaConfig;
  delays?: PruningDelays;
}

/**
 * Limits the size of the tables of sagas: every hour, it deletes the sagas that ended longer than `retention` ago, and the requests that
 * were not received again for `requestRetention`. It also does so in a service that no longer has the code of a saga.
 */
export function createSagaPruning({ database, logger, config, delays }: SagaPruningOptions): Pruning {
  const has = (name: string): Promise<boolean> =>
    isThere(askOf(database), { table: `saga_${name}`, module: name });
  return createPruning({
    ...{ logger, delays, rows: 'old sagas and requests of sagas' },
    async deletion() {
      const [hasSagas, hasRequests] = [await has('instances'), await has('requests')];
      return async (stopped) => {
        const sagas = hasSagas ? await deleteEnded(database, config.retention, stopped) : 0;
        const requests = hasRequests ? await deleteRequests(database, config.requestRetention, stopped) : 0;
        return sagas + requests;
      };
    },
  });
}
