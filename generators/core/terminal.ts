/**
 * The one door to standard output and standard error; a test holds that no other file speaks. Names, contracts and what
 * stands in a folder come from other people, and a terminal obeys what they hold: sequences that begin with ESC or a C1
 * control (ECMA-48), and the marks that turn or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as it may be shown: what a terminal obeys is escaped as in JSON, line ends and tabs are kept. JSON stays the same JSON. */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text and a line end on standard output. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** The same on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
