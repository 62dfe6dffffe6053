/**
 * The one door to standard output and standard error; a test holds that no other file speaks. Folders, contracts and what
 * a service prints come from other people, and a terminal obeys what they hold: sequences that begin with ESC or a C1 control
 * (ECMA-48), and the marks that turn or hide text (https://trojansource.codes).
 */
const obeyed = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Colors and weights, and nothing else: "Select Graphic Rendition" of ECMA-48. */
const colors = /(\x1b\[[\d;]*m)/; // oxlint-disable-line no-control-regex

/** A text as it may be shown: what a terminal obeys is escaped as in JSON, line ends and tabs are kept. JSON stays the same JSON. */
export const printable = (text: string): string => text.replaceAll(obeyed, escaped);

/** The same of a line that a program of the user printed: its colors stay. */
export const printableLine = (line: string): string =>
  line
    .split(colors)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;

/** Prints a text as it is on standard output: made of parts that are printable already, and of colors of ours. */
export function printShown(text: string): void {
  process.stdout.write(text);
}

/** Prints a text on standard output. */
export const print = (text: string): void => printShown(printable(text));

/** Prints a text and a line end on standard error. */
export function printError(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
