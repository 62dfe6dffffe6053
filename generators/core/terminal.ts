/**
 * The only file that writes to standard output and standard error; a test enforces this. Names, contracts and files of a
 * folder come from other people and may contain characters that a terminal obeys: sequences that start with ESC or a C1
 * control (ECMA-48), and characters that reorder or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Escapes characters that a terminal obeys, as JSON does; line endings and tabs stay. The value of JSON text does not change.
 */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text and a line end to standard output. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Prints a text and a line end to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
