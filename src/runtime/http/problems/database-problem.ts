import { camelCase } from '../../database/rows/column-names.ts';
import { isAway, isCanceled, isReadOnly } from '../../database/error-kind.ts';
import { DATA_EXCEPTION_CLASS, SQL_STATE } from '../../database/sql-state.ts';
import { RequestAbandonedError } from '../../database/request-work.ts';
import { problem, type Problem } from './problem.ts';

/** The fields that `pg` sets on a PostgreSQL error, as far as clients may see them. */
interface DatabaseError extends Error {
  code: string;
  detail?: string;
  constraint?: string;
}

/** A serialization failure, a deadlock, or a lock timeout. */
const tryAgain: readonly string[] = [
  SQL_STATE.SERIALIZATION_FAILURE,
  SQL_STATE.DEADLOCK_DETECTED,
  SQL_STATE.LOCK_NOT_AVAILABLE,
];

/** Maps an error of PostgreSQL, its driver or the pool to a problem; undefined if it has no meaning to a client. */
export function databaseProblem(error: Error): Problem | undefined {
  if (error instanceof RequestAbandonedError) return problem(503, error.message); // the client is gone and does not read it
  if (isReadOnly(error)) return problem(503, 'The database does not accept writes at the moment. Try again.');
  if (isCanceled(error)) return problem(503, 'The request took too long in the database. Try again later.');
  // Knex's error for a query that exceeded its timeout
  if (isAway(error) || error.name === 'KnexTimeoutError')
    return problem(
      503,
      'The database, or another system that this request needs, does not answer. Try again.',
    );
  if (!isDatabaseError(error)) return undefined;
  if (tryAgain.includes(error.code))
    return problem(503, 'Other requests were changing the same data. Try again.');
  if (error.code === SQL_STATE.UNIQUE_VIOLATION)
    return problem(409, `${columns(error) ?? 'A value'} is already taken`);
  if (error.code === SQL_STATE.FOREIGN_KEY_VIOLATION) return problem(409, reference(error));
  if (error.code === SQL_STATE.RESTRICT_VIOLATION)
    return problem(409, 'Other data still refers to this resource.');
  if (error.code === SQL_STATE.EXCLUSION_VIOLATION)
    return problem(409, 'The data conflicts with existing data.');
  if (error.code === SQL_STATE.CHECK_VIOLATION) return problem(400, 'A value is not allowed.');
  if (error.code.startsWith(DATA_EXCEPTION_CLASS))
    return problem(400, 'A value has the wrong format or is out of range.');
  return undefined;
}

function isDatabaseError(error: Error): error is DatabaseError {
  return 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code);
}

/** Converts `Key (first_name, last_name)=(A, B) already exists.` to `firstName and lastName`. */
function columns({ detail }: DatabaseError): string | undefined {
  const list = /^Key \((.+?)\)=\(/.exec(detail ?? '')?.[1];
  return list
    ?.split(', ')
    .map((column) => camelCase(column.replaceAll('"', '')))
    .join(' and ');
}

function reference(error: DatabaseError): string {
  const isNeeded = error.detail?.includes('is still referenced') ?? false;
  if (isNeeded) return 'Other data still refers to this resource.';
  return `${columns(error) ?? 'A value'} refers to data that does not exist.`;
}
