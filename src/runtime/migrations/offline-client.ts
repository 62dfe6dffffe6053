import { createRequire } from 'node:module';
import type { Knex } from 'knex';

const require = createRequire(import.meta.url);
const READS = /^\s*(select|show|with\b[^;]*\bselect)\b/i;

/** Receives each statement with its values filled in, and whether it reads rows. */
export type Sink = (sql: string, reads: boolean) => void;

interface OfflineStatement {
  sql: string;
  bindings?: unknown[];
  response?: object;
}

type FormatQuery = (sql: string, bindings: unknown[], timeZone: undefined, client: Knex.Client) => string;

/**
 * A Knex client for PostgreSQL that records statements instead of sending them; every query returns no rows. It relies on
 * Knex's internals, which is why knex is pinned to `~3.3`.
 */
export function createOfflineClient(sink: Sink): typeof Knex.Client {
  const PgClient: typeof Knex.Client = require('knex/lib/dialects/postgres/index.js');
  const {
    formatQuery,
  }: { formatQuery: FormatQuery } = require('knex/lib/execution/internal/query-executioner.js');

  return class OfflineClient extends PgClient {
    _driver() {
      return {};
    }
    override initializePool() {}
    override acquireConnection() {
      return Promise.resolve({ __knexUid: 'offline' });
    }
    override releaseConnection() {
      return Promise.resolve();
    }
    override destroy() {
      return Promise.resolve();
    }
    // not `_query`: here the SQL still has its question marks, which `formatQuery` replaces
    override query(_connection: unknown, statement: string | OfflineStatement) {
      const query = typeof statement === 'string' ? { sql: statement } : statement;
      const reads = READS.test(query.sql);
      sink(formatQuery(query.sql, this.prepBindings(query.bindings ?? []), undefined, this), reads);
      const command = reads ? 'SELECT' : query.sql.trim().split(/\s/, 1)[0]?.toUpperCase();
      query.response = { command, rows: [], rowCount: 0, fields: [] };
      return Promise.resolve(query);
    }
    override stream(): never {
      throw new Error('a migration that streams rows cannot be printed as SQL; run it against a database');
    }
  };
}
