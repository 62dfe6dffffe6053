import pg, { type ClientConfig, type Client, type QueryResult } from 'pg';
import { leadingQuery, SharedSyncQuery, type QueryConfig, type QueryDone, type SharedDone } from './query.ts';
import { commandOfEnd, deferrableBegin, sharesSync, type GivenQuery, type Leading } from './statements.ts';

/** The parts of pg's Client that its types omit, or describe by overloads (pg 8.23, lib/client.js). */
interface PgClient {
  readonly connection: Client['connection'];
  /** PostgreSQL waits for a query. */
  readonly readyForQuery?: boolean | null;
  query(config: unknown, values?: unknown, callback?: unknown): unknown;
}
const { Client: PgClient }: { Client: new (config?: ClientConfig) => PgClient } = Object(pg);

/** The last statement of a transaction before COMMIT. */
export interface LastStatement {
  statement: QueryConfig;
  /** Called when the statement and COMMIT are on their way. */
  onSent?: () => void;
  /** Gets the result, before any `afterCommit`. */
  onResult: (result: QueryResult) => void;
}

/** The statement before COMMIT has failed, for which the error is the cause, and COMMIT was not executed. */
export class LastStatementError extends Error {
  override name = 'LastStatementError';
}

/** A query as it is given to a ServiceConnection. */
interface Given extends GivenQuery {
  /** Of a COMMIT: the statement that is sent with it. */
  last?: LastStatement | undefined;
  /** COMMIT is sent with the query. Only for a query that `sharesSync`. */
  commit?: boolean;
}

type Send = (done: QueryDone) => void;

/**
 * A `pg` client that needs fewer round trips for a transaction. BEGIN waits for the next statement and shares its Sync; a
 * transaction without a statement sends nothing. A COMMIT with `last` shares the Sync of that statement, and is executed only
 * if that succeeds. PostgreSQL gets the same statements in the same order as from `pg`. A text of several statements, COPY
 * and a cursor cannot share their Sync, so BEGIN is sent before them.
 */
export class ServiceConnection extends PgClient {
  /** The statements that wait for the next one: BEGIN, and the limits of its transaction. */
  private waiting: Leading | undefined = undefined;
  /** The last state that PostgreSQL has reported: I outside of a transaction, T inside, E inside a failed one. */
  private state = 'I';
  private committing: Promise<void> | undefined = undefined;

  constructor(config?: ClientConfig) {
    super(config);
    this.connection.on('readyForQuery', ({ status }: { status: string }) => void (this.state = status));
  }

  /** Whether the connection waits for the next statement of a transaction. */
  get isInTransaction(): boolean {
    return this.readyForQuery === true && this.state !== 'I';
  }

  /** Drops a BEGIN that waits, since its transaction is over. */
  forgetBegin(): void {
    this.waiting = undefined;
  }

  /** Resolves when PostgreSQL has answered a COMMIT that shares its Sync; immediately if none was sent. */
  async whenCommitted(): Promise<void> {
    await this.committing;
  }

  override query(config: unknown, values?: unknown, callback?: unknown): unknown {
    const send = this.ownWay(readGiven(config, values));
    if (!send) return super.query(config, values, callback);
    const done = [values, callback].find((each) => typeof each === 'function') as QueryDone | undefined;
    return done ? send(done) : promiseOf(send);
  }

  /** How the query is sent, if not as `pg` does. */
  private ownWay(given: Given): Send | undefined {
    const { text, last, commit = false } = given;
    if (last) return (done) => this.sendLast(last, done);
    if (commit) return (done) => this.sendCommitting(given, done);
    const isIdle = this.readyForQuery === true;
    if (typeof text === 'string' && isIdle) {
      const command = this.waiting && commandOfEnd(text);
      if (command) return (done) => this.reply(command, undefined, done);
      const begin = this.state === 'I' && !this.waiting ? deferrableBegin(text) : undefined;
      if (begin) return (done) => this.reply('BEGIN', begin, done);
    }
    if (!this.waiting) return undefined;
    if (sharesSync(given)) return (done) => this.send(given, false, done);
    super.query(leadingQuery(this.takeWaiting));
    return undefined;
  }

  /** Answers BEGIN, or the end of a transaction that PostgreSQL has not seen. */
  private reply(command: string, waiting: Leading | undefined, done: QueryDone): void {
    this.waiting = waiting;
    process.nextTick(done, null, emptyResult(command));
  }

  private readonly takeWaiting = (): Leading | undefined => {
    const taken = this.waiting;
    this.waiting = undefined;
    return taken;
  };

  private send(given: object, commit: boolean, done: SharedDone): void {
    super.query(new SharedSyncQuery(given, done, { before: this.takeWaiting, commit }));
  }

  private sendCommitting(given: object, done: SharedDone): void {
    this.committing = new Promise((resolve) => {
      this.send(given, true, (error, result, query) => {
        this.committing = undefined;
        resolve();
        done(error, result, query);
      });
    });
  }

  private sendLast({ statement, onSent, onResult }: LastStatement, done: QueryDone): void {
    this.sendCommitting(statement, (error, result, query) => {
      if (error && query.isWithoutCommit(error))
        return done(new LastStatementError(error.message, { cause: error }));
      if (error) return done(error);
      if (result) onResult(result);
      done(null, emptyResult(query.commitTag));
    });
    onSent?.();
  }
}

const emptyResult = (command = ''): QueryResult => ({
  command,
  rowCount: null,
  oid: 0,
  fields: [],
  rows: [],
});

function readGiven(config: unknown, values: unknown): Given {
  const given: Given = typeof config === 'string' ? { text: config } : Object(config);
  return Array.isArray(values) ? { ...given, values } : given;
}

/** Like `pg`, gives an error the stack of the caller instead of that of the socket. */
async function promiseOf(send: Send): Promise<unknown> {
  try {
    return await new Promise((resolve, reject) => {
      send((error, result) => (error ? reject(error) : resolve(result)));
    });
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
}
