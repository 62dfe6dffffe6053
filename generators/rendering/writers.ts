import { formatMarkdownLine } from './format.ts';
import { made, type Code } from './code.ts';

const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Line ends of JavaScript that JSON does not escape, and characters that an editor does not show. */
const unseen = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/g;

/** Replaces these characters of a program by their escapes, which a string reads as the same characters. */
export const escapeUnseen = (program: string): string => program.replaceAll(unseen, unicode);

const quoted = (value: unknown) => escapeUnseen(JSON.stringify(value));

/** Returns a TypeScript string literal for any `value`, in the quotes of prettier: single ones unless they need more escapes. */
export const text = (value: string): Code => {
  const literal = quoted(value);
  const count = (quote: string) => literal.split(quote).length - 1;
  if (count("'") > count('"') - 2) return made(literal);
  const content = literal.slice(1, -1).replaceAll(/\\.|'/g, (part) => requoted[part] ?? part);
  return made(`'${content}'`);
};

const requoted: Record<string, string> = { '\\"': '"', "'": String.raw`\'` };

/** Returns the JSON of a value. */
export const json = (value: unknown): Code => made(quoted(value));

/** Returns the TypeScript literal of a JSON value, as prettier formats it, or `undefined`. */
export const jsonLiteral = (value: unknown): Code => made(literalOf(value));

function literalOf(value: unknown): string {
  if (typeof value === 'string') return text(value).text;
  if (typeof value === 'number') return String(value).replace('e+', 'e');
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`;
  const members = Object.entries(value).map(([name, each]) => `${keyOf(name)}: ${literalOf(each)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Without brackets, `__proto__` sets the prototype of the object (ECMA-262, B.3.1). */
function keyOf(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return isIdentifier(name) ? name : text(name).text;
}

/** Prettier writes such a key without quotes, unless it has characters of two code units. */
const isIdentifier = (name: string) =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$\u200C\u200D]*$/u.test(name) && Array.from(name).length === name.length;

/**
 * Returns a text for a comment, which it cannot end: neither block comments of TypeScript, SQL and HTML, nor line comments of
 * TypeScript, YAML, SQL, Dockerfiles and .env.
 */
export const comment = (value: string): Code =>
  made(
    value
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      .replaceAll('*/', '* /')
      .replaceAll('/*', '/ *')
      .replaceAll(/[<>]/g, '|'),
  );

/** Text that a YAML 1.1 or 1.2 parser reads as null, a boolean or a number: `e0` is 0 for the package yaml. */
const scalar = /^(?:null|~|true|false|yes|no|on|off|y|n|e[-+]?\d+|[-+.\d].*)?$/i;
const plainInYaml = /^[\w.-]+$/;

/** Returns a YAML scalar for this text. */
export const yaml = (value: string): Code =>
  made(plainInYaml.test(value) && !scalar.test(value) ? value : yamlQuoted(value));

/** A text of one line in single quotes, as prettier writes it. */
const yamlQuoted = (value: string) =>
  /^[\x20-\x7E]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : quoted(value);

/** Returns the value of a variable in a .env file. */
export const env = (value: string): Code =>
  made(/^[\w.:/@%~+-]*$/.test(value) ? value : `'${value.replaceAll("'", '')}'`);

/** Returns one word of a POSIX shell, in single quotes. */
export const shell = (value: string): Code => made(`'${value.replaceAll("'", String.raw`'\''`)}'`);

/** Characters with a meaning inside a paragraph, and characters that start another block. */
const inParagraph = /[\\`*_{[\]<~&$]/g;
const beforeBlock = /^([#+>|=:-]|\d+(?=[.)]))/;

/** Returns a Markdown paragraph that reads like this line. */
export const markdown = async (line: string): Promise<Code> =>
  made(await formatMarkdownLine(escapeMarkdown(line.trim())));

const escapeMarkdown = (line: string) =>
  line
    .replaceAll(inParagraph, String.raw`\$&`)
    .replace(beforeBlock, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
