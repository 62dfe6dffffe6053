/** An invalid value of a request; `field` is a path such as `body.email`. */
export interface FieldError {
  field: string;
  message: string;
}

/**
 * The current state does not allow the request: a name is taken, an order is already shipped. `field` names a field of the
 * body, such as `email`; the 409 then lists it under `errors`.
 */
export class ConflictError extends Error {
  override name = 'ConflictError';
  readonly field: string | undefined;

  constructor(message?: string, { field, ...options }: ErrorOptions & { field?: string } = {}) {
    super(message, options);
    this.field = field;
  }
}

/** The resource does not exist, or not for this caller. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

/**
 * The caller has no valid token. `error` is the code of RFC 6750, section 3.1; undefined if the request had no token at all.
 */
export class UnauthorizedError extends Error {
  override name = 'UnauthorizedError';
  readonly error: 'invalid_token' | undefined;

  constructor(message?: string, { error, ...options }: ErrorOptions & { error?: 'invalid_token' } = {}) {
    super(message, options);
    this.error = error;
  }
}

/** The caller is known and may not do this. `scopes` are the scopes that the operation requires, if a token can have them. */
export class ForbiddenError extends Error {
  override name = 'ForbiddenError';
  readonly scopes: readonly string[] | undefined;

  constructor(message?: string, { scopes, ...options }: ErrorOptions & { scopes?: readonly string[] } = {}) {
    super(message, options);
    this.scopes = scopes;
  }
}

/** The caller has sent too many requests, and may send the next one after `retryAfter` seconds: an integer, at least 1. */
export class TooManyRequestsError extends Error {
  override name = 'TooManyRequestsError';
  readonly retryAfter: number;

  constructor(message: string, { retryAfter, ...options }: ErrorOptions & { retryAfter: number }) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** The input is invalid; `errors` names every invalid field. */
export class InvalidError extends Error {
  override name = 'InvalidError';
  readonly errors: readonly FieldError[];

  constructor(message: string, errors: readonly FieldError[] = [], options?: ErrorOptions) {
    super(message, options);
    this.errors = errors;
  }
}

/** A dependency does not answer at the moment; the same request may succeed later, after `retryAfter` seconds if that is known. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
  readonly retryAfter: number | undefined;

  constructor(
    message?: string,
    { retryAfter, ...options }: ErrorOptions & { retryAfter?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** The request has a condition that the current state does not meet, because another client was faster. */
export class PreconditionFailedError extends Error {
  override name = 'PreconditionFailedError';
}

/** A condition of a change: throws a PreconditionFailedError unless `current` meets it. */
export type Precondition = (current: object) => void;

/** Returns a thrown error unchanged, and wraps any other thrown value in one. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Returns what a terminal shows of an error. A defect in code needs its stack; the message of any other error is complete. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const mistake = [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
  if (mistake) return error.stack ?? error.message;
  return error.message || ('code' in error ? String(error.code) : error.name);
}
