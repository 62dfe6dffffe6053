import knexFactory, { type Knex } from 'knex';
import type { Part } from '../lifecycle/part.ts';
import { connectionSettings } from './connection.ts';
import { connectionError } from './connection-error.ts';
import { knexLog, type DatabaseLogger } from './knex-log.ts';
import { wrapSnakeCase, type RowFormat } from './rows/row-format.ts';
import { ServiceClient, type ServiceClientConfig } from './service-client.ts';
import { terminalLog } from '../logging/terminal.ts';

const ACQUIRE_TIMEOUT = 10_000;

export type { RowFormat };

export interface DatabaseConfig {
  databaseUrl: string;
  databasePoolMax: number;
  /** How long a statement of a request may wait for a lock, in ms; undefined or 0 leaves it to the database. */
  databaseLockTimeout?: number;
  /** How long a statement of a request may take, in ms; undefined or 0 leaves it to the database. */
  databaseStatementTimeout?: number;
  serviceName: string;
}

/**
 * Creates the Knex instance of a service. It connects at its first use; `databasePart` checks the connection at the start.
 * The database work of a request ends with the request, and within the limits of `config`. Event handlers and other work have
 * no such limits. A query waits at most 10 s for a connection of the pool. bigint, numeric and date are strings; timestamptz is
 * a Date. `format` sets how the query builder names columns and returns timestamps. It does not affect raw SQL.
 */
export function connectDatabase(
  config: DatabaseConfig,
  logger: DatabaseLogger = terminalLog,
  { camelCase = false, isoTimestamps = false }: RowFormat = {},
): Knex {
  const settings: ServiceClientConfig = {
    client: ServiceClient,
    requestLimits: { lock: config.databaseLockTimeout, statement: config.databaseStatementTimeout },
    connection: connectionSettings(config.databaseUrl, config.serviceName),
    pool: { min: 0, max: config.databasePoolMax },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT,
    isoTimestamps,
    ...(camelCase && { wrapIdentifier: wrapSnakeCase }),
    compileSqlOnError: false, // errors have `$1` for a value, and never the value
    log: knexLog(logger),
  };
  return knexFactory(settings);
}

/**
 * The database as a part of `run`. `start` runs one query and rejects with a `DatabaseConnectionError` that names the remedy;
 * `stop` waits for running queries and closes the pool.
 */
export function databasePart(database: Knex): Part {
  return {
    name: 'database',
    async start() {
      try {
        await database.raw('select 1');
      } catch (error) {
        throw connectionError(error, addressOf(database));
      }
    },
    stop: () => database.destroy(),
  };
}

function addressOf(database: Knex): string {
  const config: { connection: { connectionString: string } } = database.client.config;
  return config.connection.connectionString;
}
