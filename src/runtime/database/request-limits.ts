import type { Client as Connection } from 'pg';
import { endConnection } from './end-connection.ts';
import { ServiceConnection } from './pipeline/service-connection.ts';
import { sharesSync } from './pipeline/statements.ts';
import type { RequestWork } from './request-work.ts';
import { SQL_STATE } from './sql-state.ts';
import { endOf } from './transaction-end.ts';

/** The limits of a request's statement, in ms; 0 or undefined leaves it to the database. */
export interface RequestLimits {
  /** The wait for one lock. */
  lock?: number | undefined;
  statement?: number | undefined;
}

/** A statement in the form that Knex passes to `pg`. */
export interface Statement {
  sql: string;
  /** `select`, `insert`, `raw` and so on; missing if no query builder made the statement. */
  method?: string;
  /** The column of `pluck`. */
  pluck?: string;
  /** Converts the response of a statement that returns no rows, such as columnInfo's. */
  output?: unknown;
  bindings?: unknown[];
  /** Options that are passed to `pg` with the statement. */
  options?: Record<string, unknown>;
  /** The response of `pg`, once it has arrived. */
  response?: { rows: Record<string, unknown>[] };
}

type Send<T> = (statement: T) => Promise<T>;

interface Limited<T> {
  connection: Connection;
  /** Whether the statement belongs to a transaction, or to a savepoint. */
  inTransaction: boolean;
  work: RequestWork;
  limits: RequestLimits;
  send: Send<T>;
}

/**
 * Runs a statement of a request within its limits, and not at all if the client is gone. In a transaction, BEGIN sets the
 * limits and PostgreSQL enforces them. No connection keeps the limits, so a pooler can be used. A statement outside of a
 * transaction gets a BEGIN and a COMMIT if it may wait for rows; this process cancels any other statement. A statement that is
 * sent together with COMMIT can be canceled while it runs.
 */
export async function runLimited<T extends Statement>(statement: T, limited: Limited<T>): Promise<T> {
  const { connection, inTransaction, work, limits, send } = limited;
  const { sql } = statement;
  const end = endOf(sql);
  if (end === 'rollback') return send(statement);
  work.check();
  if (sql.startsWith('BEGIN')) return send({ ...statement, sql: `${sql} ${settings(limits)}` });
  if (end === 'commit' && statement.options?.['last'] !== undefined) return send(statement);
  if (end === 'commit') return work.commit(connection, () => send(statement));
  if (inTransaction) return send(statement);
  return mayWaitForRows(sql) ? inOwnTransaction(statement, limited) : beforeDeadline(statement, limited);
}

const settings = ({ lock, statement }: RequestLimits): string =>
  [
    lock ? `SET LOCAL lock_timeout = ${lock};` : '',
    statement ? `SET LOCAL statement_timeout = ${statement};` : '',
  ].join(' ');

const mayWaitForRows = (sql: string): boolean =>
  /^\s*(insert|update|delete|merge)\b/i.test(sql) ||
  (/^\s*with\b/i.test(sql) && /\b(insert|update|delete|merge)\b/i.test(sql)) ||
  /\bfor\s+(no\s+key\s+)?update\b|\bfor\s+(key\s+)?share\b/i.test(sql);

async function inOwnTransaction<T extends Statement>(
  statement: T,
  { connection, work, limits, send }: Limited<T>,
): Promise<T> {
  await connection.query(`BEGIN; ${settings(limits)}`);
  try {
    if (
      connection instanceof ServiceConnection &&
      sharesSync({ text: statement.sql, values: statement.bindings })
    )
      return await send({ ...statement, options: { ...statement.options, commit: true } });
    const answer = await send(statement);
    await work.commit(connection, () => connection.query('COMMIT'));
    return answer;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => endConnection(connection));
    throw error;
  }
}

async function beforeDeadline<T extends Statement>(
  statement: T,
  { connection, limits, send }: Limited<T>,
): Promise<T> {
  if (!limits.statement) return send(statement);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void endConnection(connection);
  }, limits.statement);
  try {
    return await send(statement);
  } catch (error) {
    throw late ? tooLate(error, limits.statement) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Creates an error like PostgreSQL's own, which may not have arrived before the connection ended. */
function tooLate(cause: unknown, timeout: number): Error {
  const message = `a statement of the request took longer than ${timeout} ms (DATABASE_STATEMENT_TIMEOUT)`;
  return Object.assign(new Error(message, { cause }), { code: SQL_STATE.QUERY_CANCELED });
}
