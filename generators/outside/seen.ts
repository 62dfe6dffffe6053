const longest = 60;

/** Controls, line ends, and what hides or turns the direction of the text around it. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const escaped = (character: string) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;

/** A value from outside as an error shows it: on one line, nothing in it unseen, and cut where it is long. */
export function seen(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  if (value === undefined) return 'absent';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

/** A text that somebody else wrote, on one line. */
export const oneLine = (text: string): string => text.replaceAll(unseen, escaped);

function quoted(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return oneLine(JSON.stringify(shown));
}
