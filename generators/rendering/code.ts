/** Text that may stand in a generated file as it is. Only this folder makes it. */
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

/** What a template may write: a name, a number, or text that a function of this folder made. */
export type Writable = Code | string | number;

/** Names and words: nothing that ends a string, a comment, a line or a scalar in any language that is generated. */
const plain = /^(?:[\w.-]+(?: [\w.-]+)*)?$/;

/**
 * The text of a value in a generated file; every `<%= %>` goes through here. Throws for a text that is more than a name:
 * such a text enters by the function of the place where it is to stand (`text`, `comment`, `json`, `yaml`, `shell`).
 */
export function write(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'string' && plain.test(value)) return value;
  throw new Error(`a template inserts ${JSON.stringify(value)}, which is not a plain name`);
}

/** Source text: the literal as it stands, with the values in it as `write` has them. */
export const code = (literal: TemplateStringsArray, ...values: Writable[]): Code =>
  new Code(literal.map((part, index) => part + (index < values.length ? write(values[index]) : '')).join(''));

/** Source texts one after the other, with `separator` between them. */
export const list = (items: readonly Writable[], separator: Code = code`, `): Code =>
  new Code(items.map(write).join(separator.text));

/** For the functions of this folder, which make any text fit for its place. */
export const made = (text: string): Code => new Code(text);
