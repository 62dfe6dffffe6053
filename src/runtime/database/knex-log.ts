import type { Knex } from 'knex';

/** What Knex has to say besides errors goes here; pino's Logger is one, and so is the console. */
export interface DatabaseLogger {
  warn(message: string): void;
  error(message: string): void;
  debug(message: string): void;
}

/** Knex's `log` option. A connection that fails is not logged, since whoever asked for it gets the error. */
export function knexLog(logger: DatabaseLogger): Knex.Logger {
  return {
    warn(message) {
      if (!String(message).startsWith('Acquire connection error')) logger.warn(String(message));
    },
    error: (message) => logger.error(String(message)),
    deprecate: (method, alternative) => logger.warn(`knex: ${method} is deprecated, use ${alternative}`),
    debug: (message) => logger.debug(String(message)),
  };
}
