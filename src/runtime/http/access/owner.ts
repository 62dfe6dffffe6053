import { currentPrincipal } from '../../context/context.ts';
import { ForbiddenError, UnauthorizedError } from '../../errors.ts';

interface OwnerOptions {
  /** Callers with one of these roles count as owners. */
  roles?: readonly string[];
}

/**
 * Reports whether the caller of the current request owns an object: whether `subject`, as stored with the object, is the
 * subject of its token. False for a request without a token, and so for every request with `AUTH=none`.
 */
export function isOwner(subject: string | null | undefined, { roles = [] }: OwnerOptions = {}): boolean {
  const principal = currentPrincipal();
  if (!principal) return false;
  return principal.subject === subject || roles.some((role) => principal.roles.includes(role));
}

/**
 * Throws a ForbiddenError unless `isOwner`; an UnauthorizedError for a request without a token. Throw a NotFoundError instead
 * where the existence of the object is confidential.
 */
export function requireOwner(subject: string | null | undefined, options?: OwnerOptions): void {
  if (isOwner(subject, options)) return;
  if (!currentPrincipal())
    throw new UnauthorizedError('This operation requires a token: Authorization: Bearer <token>.');
  throw new ForbiddenError('This object belongs to another caller.');
}
