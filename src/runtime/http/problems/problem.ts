import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';
import type { FieldError } from '../../errors.ts';

/** An answer lists this many errors, and the number of further ones. */
const MAX_LISTED_ERRORS = 100;

/** The body of a problem response (RFC 9457); `errors` lists the invalid fields, at most 100. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: readonly FieldError[];
}

/** Returns a problem whose title is the name of its status. */
export function problem(status: number, detail?: string, errors: readonly FieldError[] = []): Problem {
  const more = errors.length - MAX_LISTED_ERRORS;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail:
      more > 0
        ? [detail, `${more} more ${more === 1 ? 'error is' : 'errors are'} not listed.`].join(' ').trim()
        : detail,
    errors: errors.length > 0 ? errors.slice(0, MAX_LISTED_ERRORS) : undefined,
  };
}

/** Sends a problem; for 429 and 503 it sets `Retry-After` to `retryAfter` seconds. */
export function sendProblem(res: Response, body: Problem, retryAfter = 1): void {
  if (body.status === 429 || body.status === 503) res.setHeader('retry-after', String(retryAfter));
  res.status(body.status).setHeader('content-type', 'application/problem+json');
  res.end(JSON.stringify(body));
}
