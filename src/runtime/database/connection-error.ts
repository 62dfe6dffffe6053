import { printableAddress } from './address.ts';

/** PostgreSQL is unreachable or refused the login. The message never contains the password. */
export class DatabaseConnectionError extends Error {
  override name = 'DatabaseConnectionError';
}

/**
 * Describes the attempt, the error and the remedy in one line. SQLSTATE codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @param variable the environment variable that holds `databaseUrl`
 */
export function connectionError(
  cause: unknown,
  databaseUrl: string,
  variable = 'DATABASE_URL',
): DatabaseConnectionError {
  const tried = `Cannot connect to PostgreSQL at ${printableAddress(databaseUrl)}`;
  return new DatabaseConnectionError(`${tried}: ${seen(cause)}; ${remedy(codeOf(cause), variable)}`, {
    cause,
  });
}

function seen(cause: unknown): string {
  // a host with several addresses (localhost: ::1 and 127.0.0.1) fails with an AggregateError without a message
  if (cause instanceof AggregateError) return [...new Set(cause.errors.map(seen))].join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function remedy(code: string, variable: string): string {
  switch (code) {
    case '28P01': // invalid_password
    case '28000': // invalid_authorization_specification
      return `correct the user and the password in ${variable}`;
    case '3D000': // invalid_catalog_name
      return `create the database, or correct its name in ${variable}`;
    case '53300': // too_many_connections
      return 'lower DATABASE_POOL_MAX, or raise max_connections of the server';
    case '57P03': // cannot_connect_now
      return 'try again when the server has started';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `correct the host in ${variable}`;
    default:
      return `start PostgreSQL there (npm run dev starts one for development), or correct ${variable}`;
  }
}
