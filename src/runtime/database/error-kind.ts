import { SQL_STATE } from './sql-state.ts';

/**
 * Error codes of sockets and names of Node and of its fetch (UND_ERR), an open circuit breaker (opossum), and the SQLSTATEs
 * of a server that is unreachable, starting, stopping, full, or read-only: a standby, or a former primary after a failover.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const away =
  /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|UND_ERR_(CONNECT_TIMEOUT|SOCKET)$|EOPENBREAKER$|(08|53)[0-9A-Z]{3}$|57P0[1-5]$|25006$)/;

/** The first word of a statement (https://www.postgresql.org/docs/current/sql-commands.html). */
const statement =
  /^\s*(\(|;|--|\/\*|(alter|analyze|begin|call|commit|copy|create|declare|delete|do|drop|execute|explain|grant|insert|listen|lock|merge|notify|prepare|refresh|release|revoke|rollback|savepoint|select|set|show|start|truncate|unlisten|update|vacuum|values|with)\b)/i;

/** The messages of pg, Knex and its pool for errors without a code. */
const broken =
  /^(Connection terminated( unexpectedly| due to connection timeout)?|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error and is not queryable|Client was closed and is not queryable|Knex: Timeout acquiring a connection\.[^"']*|Unable to acquire a connection)$/;

interface ErrorLike {
  code?: unknown;
  name?: string;
  message?: string;
}

/**
 * Reports whether the database, or another dependency, is unreachable or unavailable, at any depth of the causes: the same
 * work may succeed later.
 */
export function isAway(error: unknown): boolean {
  return causesOf(error).some(
    ({ code, name, message }) =>
      name === 'UnavailableError' || (typeof code === 'string' ? away.test(code) : isBroken(message)),
  );
}

/**
 * Accepts a message of pg alone or, from Knex, after the statement. Other errors may quote text from outside, which could
 * contain anything.
 */
function isBroken(message = ''): boolean {
  const words = statement.test(message) ? message.slice(message.lastIndexOf(' - ') + 3) : message;
  return broken.test(words);
}

/** Reports whether PostgreSQL aborted this transaction because of a conflict; a retry may succeed. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, SQL_STATE.DEADLOCK_DETECTED) || hasCode(error, SQL_STATE.SERIALIZATION_FAILURE);
}

/** Reports whether the server is read-only: a standby, or a former primary after a failover. */
export const isReadOnly = (error: unknown): boolean => hasCode(error, SQL_STATE.READ_ONLY_SQL_TRANSACTION);

/** Reports whether a statement exceeded its timeout or was canceled. */
export const isCanceled = (error: unknown): boolean => hasCode(error, SQL_STATE.QUERY_CANCELED);

/** Reports whether an earlier statement of the transaction had failed, and its error was caught. */
export const isAborted = (error: unknown): boolean => hasCode(error, SQL_STATE.IN_FAILED_SQL_TRANSACTION);

/** Reports whether a statement names a table or a column that the database does not have. */
export const lacksSchema = (error: unknown): error is Error =>
  hasCode(error, SQL_STATE.UNDEFINED_TABLE) || hasCode(error, SQL_STATE.UNDEFINED_COLUMN);

/** Reports whether the error, or one of its causes, has this code. */
export const hasCode = (error: unknown, wanted: string): boolean =>
  causesOf(error).some(({ code }) => code === wanted);

/** Returns the error and all its causes, including the members of an AggregateError, such as a failed connection. */
function causesOf(error: unknown, seen = new Set<unknown>()): ErrorLike[] {
  if (!(error instanceof Error) || seen.has(error)) return [];
  seen.add(error);
  const members = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...members].flatMap((cause) => causesOf(cause, seen))];
}
