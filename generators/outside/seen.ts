const longest = 60;

/** Control characters, line endings, and characters that hide the surrounding text or change its direction. */
const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const escaped = (character: string) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`;

/** Formats a value from outside for an error: on one line, without invisible characters, and shortened. */
export function seen(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  if (value === undefined) return 'absent';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

/** Puts a text from outside on one line. */
export const oneLine = (text: string): string => text.replaceAll(unseen, escaped);

function quoted(text: string): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return oneLine(JSON.stringify(shown));
}
