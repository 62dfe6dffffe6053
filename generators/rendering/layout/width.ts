/** The options of a generated `.prettierrc.json`. */
export const printWidth = 110;

/** Letters of one column each. Prettier counts other characters, such as those of Chinese or emoji, as two or none. */
const narrow = /^[\x20-\x7E\u00C0-\u024F]*$/;

/** Reports whether a line certainly is at most `printWidth` columns wide. */
export const fits = (line: string): boolean =>
  (narrow.test(line) ? line.length : line.length * 2) <= printWidth;

/** Reports whether a line certainly is wider than `printWidth` columns. */
export const overflows = (line: string): boolean => narrow.test(line) && line.length > printWidth;
