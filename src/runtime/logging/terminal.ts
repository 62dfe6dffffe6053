/**
 * The one door to standard output and standard error; a test holds that no other file speaks. Keys, headers, errors and
 * names come from other people, and a terminal obeys what they hold: sequences that begin with ESC or a C1 control (ECMA-48),
 * and the marks that turn or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A text as it may be shown: what a terminal obeys is escaped as in JSON, line ends and tabs are kept. JSON stays the same JSON. */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

/** The same for one value in a line: a line end in it is escaped, too, so that it cannot forge a line. */
export const printableValue = (text: string): string => printable(text).replaceAll(/[\n\t]/g, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text and a line end on standard output. */
export function print(text: string): void {
  console.log(printable(text));
}

/** The same on standard error. */
export function printError(text: string): void {
  console.error(printable(text));
}

/** Prints what another program reads, such as SQL: every byte of it, unless a terminal shows it. */
export function printData(text: string): void {
  process.stdout.write(process.stdout.isTTY ? printable(text) : text);
}

/** A logger on the same streams, for what Knex has to say where no other one is. */
export const terminalLog = { warn: printError, error: printError, debug: print };
