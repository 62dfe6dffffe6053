import pg, { type Connection, type QueryResult } from 'pg';
import { statementMessages } from './messages.ts';
import type { Leading } from './statements.ts';

export type QueryDone = (error: Error | null, result?: QueryResult) => void;
export type SharedDone = (
  error: Error | null,
  result: QueryResult | undefined,
  query: SharedSyncQuery,
) => void;

/** A statement as `pg` takes it. */
export interface QueryConfig {
  name?: string;
  text: string;
  values?: unknown[];
}

/** The parts of pg's Query that its types omit (pg 8.23, lib/query.js). */
interface PgQuery {
  name: string | undefined;
  queryMode: string;
  /** Writes Parse, Bind and Describe, and calls `_getRows`; or `handleError`, if it cannot write a value. */
  prepare(connection: Connection): void;
  /** Writes Execute and Sync. */
  _getRows(connection: Connection): void;
  handleCommandComplete(message: { text: string }, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
}
const { Query: PgQuery }: { Query: new (config: object, callback: QueryDone) => PgQuery } = Object(pg);

/** Whether this `pg` has every method that a SharedSyncQuery overrides: one that is never called would lose BEGIN or COMMIT. */
export const hasSharedParts = (): boolean =>
  ['prepare', '_getRows', 'handleCommandComplete', 'handleError', 'handleReadyForQuery'].every(
    (name) => typeof Reflect.get(PgQuery.prototype, name) === 'function',
  );

/** The method of pg's Connection that its types describe otherwise (pg 8.23, lib/connection.js). */
interface Executing {
  execute(portal: { portal: string; rows: number }): void;
}

const commitMessages = statementMessages('COMMIT');

/** The statements that share the Sync of a query. */
export interface Around {
  /** Returns the statements before the query; called when it is sent. */
  before(): Leading | undefined;
  /** COMMIT comes after the query. */
  commit: boolean;
}

/**
 * A query that is sent with the statements around it under one Sync: all of them take one round trip, and PostgreSQL skips
 * the ones after an error. The callback gets the result of the query itself.
 */
export class SharedSyncQuery extends PgQuery {
  readonly query_timeout: number | undefined;
  /** PostgreSQL's answer to COMMIT; in a failed transaction it is ROLLBACK. */
  commitTag: string | undefined = undefined;
  private readonly around: Around;
  private readonly ownName: string | undefined;
  /** The number of statements before the query that PostgreSQL has not completed. */
  private leading = 0;
  private isCommitSent = false;
  /** PostgreSQL has completed the query itself. */
  private isCompleted = false;

  constructor(config: object, done: SharedDone, around: Around) {
    super(config, (error, result) => done(error, result, this));
    this.query_timeout = Reflect.get(config, 'query_timeout');
    this.queryMode = 'extended';
    this.around = around;
    this.ownName = this.name;
  }

  /** Whether the error means that COMMIT is not executed. A connection that is lost meanwhile may have committed. */
  isWithoutCommit(error: Error): boolean {
    return !this.isCommitSent || (isFromServer(error) && !this.isCompleted);
  }

  override prepare(connection: Connection): void {
    const before = this.around.before();
    this.leading = before?.count ?? 0;
    if (before) connection.stream.write(before.messages);
    super.prepare(connection);
    // else pg takes the first ParseComplete, which is BEGIN's, for that of the named statement
    if (this.leading > 0) this.name = undefined;
  }

  override _getRows(connection: Connection): void {
    const executing: Executing = Object(connection);
    executing.execute({ portal: '', rows: 0 });
    if (this.around.commit) connection.stream.write(commitMessages);
    this.isCommitSent = this.around.commit;
    connection.sync();
  }

  override handleCommandComplete(message: { text: string }, connection: Connection): void {
    if (this.leading > 0) {
      this.leading -= 1;
      if (this.leading === 0) this.name = this.ownName;
    } else if (this.isCompleted) {
      this.commitTag = message.text;
    } else {
      this.isCompleted = true;
      super.handleCommandComplete(message, connection);
    }
  }

  override handleError(error: Error, connection: Connection): void {
    if (this.leading > 0 && isFromServer(error)) {
      connection.stream.destroy(); // without BEGIN, the next statement would commit by itself
    }
    super.handleError(error, connection);
  }

  override handleReadyForQuery(connection: Connection): void {
    if (!this.around.commit || this.commitTag !== undefined) return super.handleReadyForQuery(connection);
    super.handleError(new Error('PostgreSQL has not answered COMMIT'), connection);
  }
}

/** Sends statements without a query. If they fail, so must the statement after them: it would run outside of their transaction. */
export const leadingQuery = (before: Around['before']): object => ({
  submit(connection: Connection) {
    const leading = before();
    if (leading) connection.stream.write(leading.messages);
    connection.sync();
    return null;
  },
  handleCommandComplete() {},
  handleReadyForQuery() {},
  handleError: (_error: Error, connection: Connection) => void connection.stream.destroy(),
});

/** Whether PostgreSQL has answered with the error, rather than that the connection or a value was at fault. */
const isFromServer = (error: Error): boolean => error instanceof pg.DatabaseError;
