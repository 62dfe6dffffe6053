import type { Knex } from 'knex';
import type { ClientConfig } from 'pg';
import { typeParsers } from './type-parsers.ts';

const CONNECT_TIMEOUT = 5_000;
const KEEP_ALIVE_AFTER = 10_000;

/**
 * What pg's Client gets, for services and migrations alike: times out after 5 s, keeps idle TCP connections alive (load
 * balancers and NAT forget silent ones), and names itself in `pg_stat_activity`.
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
