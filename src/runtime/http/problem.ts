import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';
import type { FieldError } from '../errors.ts';

/** The body of an answer that tells of a problem (RFC 9457); `errors` names every field that is wrong. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: readonly FieldError[];
}

/** A problem whose title is the name of its status. */
export function problem(status: number, detail?: string, errors?: readonly FieldError[]): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    errors: errors && errors.length > 0 ? errors : undefined,
  };
}

/** Answers with a problem; 503 asks the client to come back in a second. */
export function sendProblem(res: Response, body: Problem): void {
  if (body.status === 503) res.setHeader('retry-after', '1');
  res.status(body.status).setHeader('content-type', 'application/problem+json');
  res.end(JSON.stringify(body));
}
