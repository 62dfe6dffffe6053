/** A fault that the user can fix. The message is one line: the value seen and the remedy. */
export class DevError extends Error {
  override name = 'DevError';
}
