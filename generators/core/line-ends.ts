/** Returns the text with the line endings of generated files: LF. */
export const toLf = (text: string): string => text.replaceAll('\r\n', '\n');

/** Returns `text`, whose lines end with LF, with the line endings of most lines of `model`. */
export function withLineEndsOf(model: string, text: string): string {
  const all = model.split('\n').length - 1;
  const windows = model.split('\r\n').length - 1;
  return windows * 2 > all ? text.replaceAll('\n', '\r\n') : text;
}
