/**
 * The only file that writes to standard output and standard error; a test enforces this. Names of folders, contracts and the
 * output of services come from other people and may contain characters that a terminal obeys: sequences that start with ESC
 * or a C1 control (ECMA-48), and characters that reorder or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Colors and font weights only: "Select Graphic Rendition" of ECMA-48. */
const colors = /(\x1b\[[\d;]*m)/; // oxlint-disable-line no-control-regex

/**
 * Escapes characters that a terminal obeys, as JSON does; line endings and tabs stay. The value of JSON text does not change.
 */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

/** Escapes a line of a user's program in the same way, but keeps its colors. */
export const printableLine = (line: string): string =>
  line
    .split(colors)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text that consists of printable parts and our own colors, unchanged, to standard output. */
export function printShown(text: string): void {
  process.stdout.write(text);
}

/** Prints a text to standard output. */
export const print = (text: string): void => printShown(printable(text));

/** Prints a text and a line end to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
