import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import pg, { type Client as Connection } from 'pg';
import { camelCase } from './rows/column-names.ts';
import { hasSharedParts } from './pipeline/query.ts';
import { ServiceConnection } from './pipeline/service-connection.ts';
import { runLimited, type RequestLimits, type Statement } from './request-limits.ts';
import { currentRequestWork, type RequestWork } from './request-work.ts';
import { camelCaseRows } from './rows/row-format.ts';
import { SQL_STATE } from './sql-state.ts';
import { isoTypeParsers } from './rows/type-parsers.ts';

const require = createRequire(import.meta.url);
const PgClient: typeof Knex.Client = require('knex/lib/dialects/postgres/index.js');

/** Sends a statement, and resolves to it with its `response`; Knex's types omit the function. */
const sendStatement: (connection: Connection, statement: Statement) => Promise<Statement> = Reflect.get(
  PgClient.prototype,
  '_query',
);

/** Converts an answered statement to the result of its query; Knex's types omit the function. */
const resultOf: (answered: Statement, runner: unknown) => unknown = Reflect.get(
  PgClient.prototype,
  'processResponse',
);

export interface ServiceClientConfig extends Knex.Config {
  requestLimits: RequestLimits;
  /** Whether the query builder reads timestamptz as ISO text. */
  isoTimestamps?: boolean;
}

/** Knex's pool makes its connections with `Client` of the driver. A `pg` that works otherwise keeps its own. */
const driver: unknown = hasSharedParts() ? { ...pg, Client: ServiceConnection } : pg;

/** The request that each connection in use works for; the clients of transactions look here too. */
const workOf = new WeakMap<Connection, RequestWork>();

/**
 * Knex's PostgreSQL client for a service. A read-only server is a former primary after a failover, and its sessions stay
 * valid. The client discards these sessions, and resolves the host name again for new ones. The database work of a request is
 * limited, and ends with the request. It relies on Knex's internals, which is why knex is pinned to `~3.3`.
 */
export class ServiceClient extends PgClient {
  private age = 0;
  private readonly ages = new WeakMap<Connection, number>();

  _driver(): unknown {
    return driver;
  }

  override async acquireRawConnection(): Promise<Connection> {
    const { age } = this;
    const connection: Connection = await super.acquireRawConnection();
    this.ages.set(connection, age);
    // every error of the server, for any query
    connection.connection.on('errorMessage', ({ code }: { code?: string }) => {
      if (code === SQL_STATE.READ_ONLY_SQL_TRANSACTION && age === this.age) this.renew();
    });
    return connection;
  }

  /** Replaces every existing connection before its next use. */
  renew(): void {
    this.age += 1;
  }

  override async acquireConnection(): Promise<Connection> {
    const work = currentRequestWork();
    work?.check();
    const connection: Connection = await super.acquireConnection();
    if (!work) return connection;
    work.take(connection);
    workOf.set(connection, work);
    try {
      work.check(); // it may have waited for long
    } catch (error) {
      await this.releaseConnection(connection);
      throw error;
    }
    return connection;
  }

  override async releaseConnection(connection: Connection): Promise<void> {
    workOf.get(connection)?.giveBack(connection);
    workOf.delete(connection);
    if (connection instanceof ServiceConnection) connection.forgetBegin();
    return super.releaseConnection(connection);
  }

  async _query(connection: Connection, statement: Statement): Promise<Statement> {
    const work = workOf.get(connection);
    const send = (each: Statement): Promise<Statement> => sendStatement.call(this, connection, each);
    const { requestLimits: limits, isoTimestamps }: ServiceClientConfig = Object(this.config);
    if (isoTimestamps && isBuilt(statement))
      statement.options = { ...statement.options, types: isoTypeParsers };
    if (!work) return send(statement);
    // Knex's mark on the connection, `__knexTxId`, is gone after a savepoint (knex 3.3, lib/execution/transaction.js)
    const inTransaction = Reflect.get(this, 'transacting') === true;
    return runLimited(statement, { connection, inTransaction, work, limits, send });
  }

  processResponse(statement: Statement, runner: unknown): unknown {
    const { response, pluck } = statement;
    // Knex removes the setting while it works on its own tables
    if (this.config.wrapIdentifier && isBuilt(statement) && response) {
      response.rows = camelCaseRows(response.rows);
      if (pluck !== undefined) statement.pluck = camelCase(pluck);
    }
    return resultOf.call(this, statement, runner);
  }

  override async validateConnection(connection: Connection): Promise<boolean> {
    if (connection instanceof ServiceConnection && connection.isInTransaction) return false;
    return this.ages.get(connection) === this.age;
  }
}

/** Whether the query builder made the statement. Raw SQL has the method `raw`; the schema builder and BEGIN have none. */
const isBuilt = ({ method, output }: Statement): boolean =>
  method !== undefined && method !== 'raw' && output === undefined;

/** Rejects if the database does not answer or is read-only; it then gets new connections. */
export async function checkWritable(database: Knex): Promise<void> {
  const { rows } = await database.raw<{ rows: { refused: boolean }[] }>(
    `select current_setting('transaction_read_only')::boolean as refused`,
  );
  if (!rows[0]?.refused) return;
  const client: unknown = database.client;
  if (client instanceof ServiceClient) client.renew();
  throw new Error('the server is read-only: it is a standby, or default_transaction_read_only is set');
}
