/** The code that Node, PostgreSQL and others put beside a message; undefined when `error` has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What `error` says. Node reports several failed addresses of one host in an error without a message of its own. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(errorMessage).join('; ');
  return error instanceof Error ? error.message : String(error);
}
