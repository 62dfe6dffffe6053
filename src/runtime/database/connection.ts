import type { Knex } from 'knex';
import type { ClientConfig } from 'pg';
import { typeParsers } from './rows/type-parsers.ts';

const CONNECT_TIMEOUT = 5_000;
const KEEP_ALIVE_AFTER = 10_000;

/**
 * The options of pg's Client, for services and migrations: connecting times out after 5 s, idle TCP connections are kept
 * alive (load balancers and NAT drop silent ones), and the name appears in `pg_stat_activity`.
 */
export function connectionSettings(
  databaseUrl: string,
  applicationName: string,
): ClientConfig & Knex.PgConnectionConfig {
  return {
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
    types: typeParsers,
  };
}
