/** One value of a request that breaks a rule; `field` is a path such as `body.email`. */
export interface FieldError {
  field: string;
  message: string;
}

/** The request is understood, and the present state forbids it: a name is taken, an order is shipped already. */
export class ConflictError extends Error {
  override name = 'ConflictError';
}

/** What was asked for does not exist, or not for the one who asks. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

/** What was sent breaks a rule; `errors` names every field that does. */
export class InvalidError extends Error {
  override name = 'InvalidError';
  readonly errors: readonly FieldError[];

  constructor(message: string, errors: readonly FieldError[] = [], options?: ErrorOptions) {
    super(message, options);
    this.errors = errors;
  }
}

/** Something that the work needs does not answer at the moment; the same request may succeed later. */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

/** The change was asked for on a condition, and the present state does not meet it: somebody else was faster. */
export class PreconditionFailedError extends Error {
  override name = 'PreconditionFailedError';
}

/** A condition on which a change is made: throws a PreconditionFailedError unless `current` meets it. */
export type Precondition = (current: object) => void;

/** Returns the thrown error; makes one of any other thrown value. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
