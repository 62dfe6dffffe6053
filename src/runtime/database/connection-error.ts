import { printableAddress } from './address.ts';
import { SQL_STATE } from './sql-state.ts';

/** PostgreSQL is unreachable or refused the login. The message never contains the password. */
export class DatabaseConnectionError extends Error {
  override name = 'DatabaseConnectionError';
}

interface ConnectionAttempt {
  /** The environment variable that holds the address. */
  variable?: string;
  /** Whether a running service connects, possibly under `npm run dev`. */
  isRunning?: boolean;
}

/** Describes the attempt, the error and the remedy in one line. */
export function connectionError(
  cause: unknown,
  databaseUrl: string,
  { variable = 'DATABASE_URL', isRunning = false }: ConnectionAttempt = {},
): DatabaseConnectionError {
  const tried = `Cannot connect to PostgreSQL at ${printableAddress(databaseUrl)}`;
  return new DatabaseConnectionError(
    `${tried}: ${seen(cause)}; ${remedy(codeOf(cause), variable, isRunning)}`,
    {
      cause,
    },
  );
}

function seen(cause: unknown): string {
  // a host with several addresses (localhost: ::1 and 127.0.0.1) fails with an AggregateError without a message
  if (cause instanceof AggregateError) return [...new Set(cause.errors.map(seen))].join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function remedy(code: string, variable: string, isRunning: boolean): string {
  switch (code) {
    case SQL_STATE.INVALID_PASSWORD:
    case SQL_STATE.INVALID_AUTHORIZATION_SPECIFICATION:
      return `correct the user and the password in ${variable}`;
    case SQL_STATE.INVALID_CATALOG_NAME:
      return `create the database, or correct its name in ${variable}`;
    case SQL_STATE.TOO_MANY_CONNECTIONS:
      return 'lower DATABASE_POOL_MAX, or raise max_connections of the server';
    case SQL_STATE.CANNOT_CONNECT_NOW:
      return 'try again when the server has started';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `correct the host in ${variable}`;
    default:
      return `start PostgreSQL there${isRunning ? '' : ' (npm run dev starts one for development)'}, or correct ${variable}`;
  }
}
