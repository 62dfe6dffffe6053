/** Something the person at the keyboard can put right. Its message is one line and all that is printed. */
export class UsageError extends Error {
  override name = 'UsageError';
}
