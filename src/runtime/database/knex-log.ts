import type { Knex } from 'knex';
import { ENDED_WITH_REQUEST } from './end-connection.ts';

/** What Knex has to say besides errors goes here; pino's Logger is one, and so is the console. */
export interface DatabaseLogger {
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

const isTold = (message: string): boolean =>
  message.startsWith('Acquire connection error') || message === `Connection Error: ${ENDED_WITH_REQUEST}`;

/**
 * Knex's `log` option. A connection that fails is not logged, since whoever asked for it gets the error, nor one that ended
 * with its request, which the access log tells of.
 */
export function knexLog(logger: DatabaseLogger): Knex.Logger {
  return {
    warn(message) {
      if (!isTold(String(message))) logger.warn(String(message));
    },
    error: (message) => logger.error(String(message)),
    deprecate: (method, alternative) => logger.warn(`knex: ${method} is deprecated, use ${alternative}`),
    debug: (message) => logger.debug(String(message)),
  };
}
