/** Something that the user can mend; the message is one line that says what was seen and what to do. */
export class DevError extends Error {
  override name = 'DevError';
}
