/**
 * The only file that writes to standard output and standard error; a test enforces this. Keys, headers, errors and names come
 * from other people and may contain characters that a terminal obeys: sequences that start with ESC or a C1 control
 * (ECMA-48), and characters that reorder or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Escapes characters that a terminal obeys, as JSON does; line endings and tabs stay. The value of JSON text does not change.
 */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

/** Escapes one value of a line in the same way, and line endings and tabs too, so it cannot forge a line. */
export const printableValue = (text: string): string => printable(text).replaceAll(/[\n\t]/g, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text and a line end to standard output. */
export function print(text: string): void {
  console.log(printable(text));
}

/** Prints a text and a line end to standard error. */
export function printError(text: string): void {
  console.error(printable(text));
}

/** Prints output for another program, such as SQL: unchanged, unless it goes to a terminal. */
export function printData(text: string): void {
  process.stdout.write(process.stdout.isTTY ? printable(text) : text);
}

/** A logger on the same streams, for Knex's messages if there is no other logger. */
export const terminalLog = { warn: printError, error: printError, debug: print };
