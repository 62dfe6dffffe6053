/** A pair of brackets and the parts between its commas. */
export interface Bracket {
  open: string;
  items: Part[][];
}

/** A piece of a line: text, in which a string literal stands unchanged, or a pair of brackets. */
export type Part = string | Bracket;

/** The text before and after an expression on its line. */
export interface Around {
  indent: string;
  before: string;
  after: string;
  /** Breaks a whole line that is still too long. */
  again: (line: string) => string[] | undefined;
}

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const closers = new Set(Object.values(closing));

/** A string, a template literal without another one within, an arrow, or any other character. */
const token = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|=>|[^'"`]/gsu;

/** Returns the parts of one line of TypeScript; undefined if its brackets or quotes are not in pairs. */
export function partsOf(line: string): Part[] | undefined {
  const tokens = line.match(token) ?? [];
  if (tokens.join('') !== line) return undefined;
  const reader = { tokens, at: 0 };
  const items = readItems(reader, '');
  return items && reader.at === tokens.length && items.length === 1 ? items[0] : undefined;
}

interface Reader {
  tokens: string[];
  at: number;
}

/** Reads up to `close`, which stays; at the top level, where `close` is empty, up to the end, and a comma is text. */
function readItems(reader: Reader, close: string): Part[][] | undefined {
  const items: Part[][] = [];
  let item: Part[] = [];
  for (; reader.at < reader.tokens.length; reader.at += 1) {
    const text = reader.tokens[reader.at] ?? '';
    if (text === close) break;
    if (opens(text, item)) {
      const bracket = readBracket(reader, text);
      if (!bracket) return undefined;
      item.push(bracket);
    } else if (closers.has(text)) {
      if (text !== '>') return undefined;
      append(item, text);
    } else if (text === ',' && close !== '') {
      items.push(trimmed(item));
      item = [];
    } else append(item, text);
  }
  const last = trimmed(item);
  return last.length > 0 ? [...items, last] : items;
}

/** A `<` begins the arguments of a type if it directly follows a name. */
function opens(text: string, item: Part[]): boolean {
  const before = item.at(-1);
  return text === '<' ? typeof before === 'string' && /\w$/.test(before) : closing[text] !== undefined;
}

function readBracket(reader: Reader, open: string): Bracket | undefined {
  reader.at += 1;
  const items = readItems(reader, closing[open] ?? '');
  return items && reader.at < reader.tokens.length ? { open, items } : undefined;
}

function append(item: Part[], text: string): void {
  const last = item.at(-1);
  if (typeof last === 'string') item[item.length - 1] = last + text;
  else item.push(text);
}

function trimmed(item: Part[]): Part[] {
  const parts = item.map((part, index) => {
    if (typeof part !== 'string') return part;
    const begun = index === 0 ? part.trimStart() : part;
    return index === item.length - 1 ? begun.trimEnd() : begun;
  });
  return parts.filter((part) => part !== '');
}

/** Returns the parts in one line, as prettier writes them. */
export const flat = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : flatBracket(part))).join('');

function flatBracket({ open, items }: Bracket): string {
  const space = open === '{' && items.length > 0 ? ' ' : '';
  return `${open}${space}${items.map(flat).join(', ')}${space}${closing[open]}`;
}

export const closeOf = ({ open }: Bracket): string => closing[open] ?? '';

/** Returns the only part if it is a pair of these brackets. */
export function only(parts: readonly Part[], opens: string): Bracket | undefined {
  const [part] = parts;
  return parts.length === 1 && typeof part === 'object' && opens.includes(part.open) ? part : undefined;
}
