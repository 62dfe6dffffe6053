import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';

/**
 * Splits a text at separators that are outside of parentheses. Within parentheses, `"` and `'` quote a text, in which `\` escapes a
 * character. Throws a UsageError for a parenthesis or a quote without its counterpart.
 */
export function splitOutside(text: string, separator: RegExp): string[] {
  const parts = [''];
  for (let at = 0; at < text.length;) {
    const end = text[at] === '(' ? endOfGroup(text, at) : at + 1;
    const piece = text.slice(at, end);
    if (separator.test(piece)) parts.push('');
    else parts.push(`${parts.pop()}${piece}`);
    at = end;
  }
  return parts;
}

/** Returns the position after the parenthesis that closes the one at `start`. */
function endOfGroup(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '"' || character === "'") at = endOfQuoted(text, at);
    if (depth === 0) return at + 1;
  }
  throw new UsageError(
    `the parenthesis in ${seen(text.slice(wordStart(text, start)))} is not closed; add ")"`,
  );
}

/** Returns the position of the quote that ends the text which the quote at `start` begins. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  throw new UsageError(
    `the quote in ${seen(text.slice(wordStart(text, start)))} is not closed; put a text with quotes into the other kind of quotes, such as default("it's")`,
  );
}

const wordStart = (text: string, before: number): number => text.slice(0, before).search(/\S+$/);

/** A word, and the text of its parentheses: `decimal(10,2)` is `decimal` and `10,2`. */
export interface Word {
  word: string;
  /** Undefined without parentheses. */
  inside?: string;
}

/** Splits a word from its parentheses. A text after the parentheses belongs to the word, which is then unknown. */
export function readWord(text: string): Word {
  const [, word = text, inside] = /^([^(]*)\((.*)\)$/s.exec(text) ?? [];
  return inside === undefined ? { word } : { word, inside: inside.trim() };
}

/** Returns the text that an argument means: without its quotes, if it has some. */
export function readArgument(text: string): string {
  const [, quote, content = ''] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  return quote === undefined ? text : content.replaceAll(/\\(.)/gs, '$1');
}

/** Returns the argument that means a text: with quotes, if it needs them. */
export const writeArgument = (text: string): string =>
  /^[^\s()"'\\]+( [^\s()"'\\]+)*$/.test(text) ? text : `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
