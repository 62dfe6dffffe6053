/** Text that may be inserted into a generated file unchanged. Only this folder creates it. */
class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type { Code };

/** A value that a template may insert: a name, a number, or text from a function of this folder. */
export type Writable = Code | string | number;

/** Names and words: no character that ends a string, a comment, a line or a scalar in any generated language. */
const plain = /^(?:[\w.-]+(?: [\w.-]+)*)?$/;

/**
 * Returns the text of a value for a generated file; every `<%= %>` calls it. Throws for any text beyond a name: such a text
 * needs the function for its place (`text`, `comment`, `json`, `yaml`, `shell`).
 */
export function write(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'string' && plain.test(value)) return value;
  throw new Error(`a template inserts ${JSON.stringify(value)}, which is not a plain name`);
}

/** Source text: the literal unchanged, with its values converted by `write`. */
export const code = (literal: TemplateStringsArray, ...values: Writable[]): Code =>
  new Code(literal.map((part, index) => part + (index < values.length ? write(values[index]) : '')).join(''));

/** Joins source texts with `separator`. */
export const list = (items: readonly Writable[], separator: Code = code`, `): Code =>
  new Code(items.map(write).join(separator.text));

/** For the functions of this folder, which make any text safe for its place. */
export const made = (text: string): Code => new Code(text);
