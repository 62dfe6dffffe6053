/**
 * Errors of sockets and names of Node and of its fetch (UND_ERR), an open circuit breaker (opossum), and the SQLSTATEs of a
 * server that is away, starting, stopping, full, or that takes no writes: a standby, or what a failover left of a primary.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const away =
  /^(ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|UND_ERR_(CONNECT_TIMEOUT|SOCKET)$|EOPENBREAKER$|(08|53)[0-9A-Z]{3}$|57P0[1-5]$|25006$)/;

/** How a statement begins (https://www.postgresql.org/docs/current/sql-commands.html). */
const statement =
  /^\s*(\(|;|--|\/\*|(alter|analyze|begin|call|commit|copy|create|declare|delete|do|drop|execute|explain|grant|insert|listen|lock|merge|notify|prepare|refresh|release|revoke|rollback|savepoint|select|set|show|start|truncate|unlisten|update|vacuum|values|with)\b)/i;

/** All that errors of pg, Knex and its pool say, which have no code. */
const broken =
  /^(Connection terminated( unexpectedly| due to connection timeout)?|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error and is not queryable|Client was closed and is not queryable|Knex: Timeout acquiring a connection\.[^"']*|Unable to acquire a connection)$/;

const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';

/** SQLSTATE of a write that a server refuses because it takes none. */
export const READ_ONLY_TRANSACTION = '25006';

interface ErrorLike {
  code?: unknown;
  name?: string;
  message?: string;
}

/**
 * The database, or something else that the work needs, cannot be reached or used at the moment, whoever says so and however
 * deep: the same work may pass later, and nothing is wrong with it.
 */
export function isAway(error: unknown): boolean {
  return causesOf(error).some(
    ({ code, name, message }) =>
      name === 'UnavailableError' || (typeof code === 'string' ? away.test(code) : isBroken(message)),
  );
}

/**
 * The words of pg alone or, as Knex has them, behind the statement. Anybody else may quote in an error what somebody sent, and
 * that may read like anything.
 */
function isBroken(message = ''): boolean {
  const words = statement.test(message) ? message.slice(message.lastIndexOf(' - ') + 3) : message;
  return broken.test(words);
}

/** PostgreSQL chose this transaction as the victim of a conflict; the same transaction may well pass now. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, DEADLOCK_DETECTED) || hasCode(error, SERIALIZATION_FAILURE);
}

/** The error, or one that caused it, has this code. */
export const hasCode = (error: unknown, wanted: string): boolean =>
  causesOf(error).some(({ code }) => code === wanted);

/** The error, what caused it, what caused that; and the members of an AggregateError, as a failed connection is one. */
function causesOf(error: unknown, seen = new Set<unknown>()): ErrorLike[] {
  if (!(error instanceof Error) || seen.has(error)) return [];
  seen.add(error);
  const members = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...[error.cause, ...members].flatMap((cause) => causesOf(cause, seen))];
}
