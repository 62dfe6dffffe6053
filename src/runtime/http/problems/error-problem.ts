import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  PreconditionFailedError,
  TooManyRequestsError,
  UnauthorizedError,
  UnavailableError,
} from '../../errors.ts';
import { databaseProblem } from './database-problem.ts';
import { problem, type Problem } from './problem.ts';

/** An error of Express or its body parser, which carries an HTTP status and whether its message may be shown. */
interface HttpError extends Error {
  status: number;
  expose?: boolean;
  type?: string;
  /** For a body that is too large: the limit in bytes. */
  limit?: number;
}

/** Maps an error to a problem. An error without a meaning to clients becomes a 500 that does not reveal its cause. */
export function errorProblem(error: unknown): Problem {
  if (error instanceof InvalidError) return problem(400, error.message, error.errors);
  if (error instanceof UnauthorizedError) return problem(401, error.message);
  if (error instanceof ForbiddenError) return problem(403, error.message);
  if (error instanceof NotFoundError) return problem(404, error.message);
  if (error instanceof ConflictError) return conflictProblem(error);
  if (error instanceof PreconditionFailedError) return problem(412, error.message);
  if (error instanceof TooManyRequestsError) return problem(429, error.message);
  if (error instanceof UnavailableError) return problem(503, error.message);
  if (!(error instanceof Error)) return problem(500);
  return (
    databaseProblem(error) ?? (isHttpError(error) ? problem(error.status, httpDetail(error)) : problem(500))
  );
}

function conflictProblem({ message, field }: ConflictError): Problem {
  return problem(409, message, field === undefined ? [] : [{ field: `body.${field}`, message }]);
}

/** Errors of HTTP clients for other services carry a status too; only errors that allow it (`expose`) become answers. */
function isHttpError(error: Error): error is HttpError {
  if (!('status' in error) || typeof error.status !== 'number' || error.status < 400 || error.status > 499)
    return false;
  return error instanceof URIError || ('expose' in error && error.expose === true);
}

function httpDetail(error: HttpError): string | undefined {
  if (error.type === 'entity.parse.failed') return `The body is not JSON: ${error.message}`;
  if (error.type === 'entity.too.large')
    return `The body is larger than ${error.limit} bytes, the maximum for this operation.`;
  return error instanceof URIError ? 'The path is not valid percent-encoded UTF-8.' : error.message;
}
