import type { Knex } from 'knex';
import { ENDED_WITH_REQUEST } from './end-connection.ts';

/** Receives Knex's messages other than errors; pino's Logger and the console fit. */
export interface DatabaseLogger {
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

const isTold = (message: string): boolean =>
  message.startsWith('Acquire connection error') || message === `Connection Error: ${ENDED_WITH_REQUEST}`;

/**
 * Knex's `log` option. A failed connection is not logged, since its caller gets the error; nor is one that ended with its
 * request, which the access log records.
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
