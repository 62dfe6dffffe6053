import type { RouteIdempotency } from './key.ts';

interface CheckedRoute {
  method: string;
  path: string;
  idempotency?: RouteIdempotency | undefined;
}

/** Throws if a route cannot have idempotency: it is not a POST, or its handler ignores the transaction. */
export function checkIdempotency({ method, path, idempotency }: CheckedRoute, { length }: Function): void {
  if (idempotency === undefined) return;
  const route = `${method.toUpperCase()} ${path}`;
  if (method !== 'post')
    throw new Error(`${route} has idempotency, which only a POST can have; remove "idempotency"`);
  if (length < 3)
    throw new Error(
      `${route} has idempotency, but its handler takes no transaction; declare it as (req, res, trx), and make all changes with trx`,
    );
}
