/** A fault that the user can fix. Its message is one line, and nothing else is printed. */
export class UsageError extends Error {
  override name = 'UsageError';
}
