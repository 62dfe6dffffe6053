import type { Knex } from 'knex';
import { ENDED_WITH_REQUEST } from './end-connection.ts';

/** Receives Knex's messages other than errors; pino's Logger and the console fit. */
export interface DatabaseLogger {
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

/** The prefix of Knex's warning when the pool finds an ended connection (knex 3.3, lib/client.js). */
const ENDED = 'Connection Error: ';

const isTold = (message: string): boolean =>
  message.startsWith('Acquire connection error') || message === `${ENDED}${ENDED_WITH_REQUEST}`;

/** Names PostgreSQL, which Knex does not; `pg` prefixes the reason with the class of an error. */
function warningText(message: string): string {
  if (!message.startsWith(ENDED)) return message;
  const reason = message.slice(ENDED.length).replace(/^error: /i, '');
  return `a pooled connection to PostgreSQL ended: ${reason}; the pool opens a new one`;
}

/**
 * Knex's `log` option. A failed connection is not logged, since its caller gets the error; nor is one that ended with its
 * request, which the access log records.
 */
export function knexLog(logger: DatabaseLogger): Knex.Logger {
  return {
    warn(message) {
      if (!isTold(String(message))) logger.warn(warningText(String(message)));
    },
    error: (message) => logger.error(String(message)),
    deprecate: (method, alternative) => logger.warn(`knex: ${method} is deprecated, use ${alternative}`),
    debug: (message) => logger.debug(String(message)),
  };
}
