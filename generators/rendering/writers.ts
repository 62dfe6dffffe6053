import { formatMarkdownLine } from './format.ts';
import { made, type Code } from './code.ts';

const unicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Line ends of JavaScript that JSON does not escape, and what an editor does not show. */
const unseen = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/g;

const quoted = (value: unknown) => JSON.stringify(value).replaceAll(unseen, unicode);

/** A string literal of TypeScript that is `value`, whatever it holds. */
export const text = (value: string): Code => made(quoted(value));

/** The JSON of a value. */
export const json = (value: unknown): Code => made(quoted(value));

/**
 * A text within a comment, which it cannot end: not the block comments of TypeScript, SQL and HTML, nor the line comments
 * of TypeScript, YAML, SQL, Dockerfiles and .env.
 */
export const comment = (value: string): Code =>
  made(
    value
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      .replaceAll('*/', '* /')
      .replaceAll('/*', '/ *')
      .replaceAll(/[<>]/g, '|'),
  );

/** Text that some parser of YAML 1.1 or 1.2 reads as null, a boolean or a number: `e0` is 0 for the package yaml. */
const scalar = /^(?:null|~|true|false|yes|no|on|off|y|n|e[-+]?\d+|[-+.\d].*)?$/i;
const plainInYaml = /^[\w.-]+$/;

/** A scalar of YAML that is this text. */
export const yaml = (value: string): Code =>
  made(plainInYaml.test(value) && !scalar.test(value) ? value : yamlQuoted(value));

/** In single quotes, as prettier has it, where the text is on one line. */
const yamlQuoted = (value: string) =>
  /^[\x20-\x7E]*$/.test(value) ? `'${value.replaceAll("'", "''")}'` : quoted(value);

/** One word of a POSIX shell, in single quotes. */
export const shell = (value: string): Code => made(`'${value.replaceAll("'", String.raw`'\''`)}'`);

/** What begins or ends anything within a paragraph, and what begins another block than a paragraph. */
const inParagraph = /[\\`*_{[\]<~&$]/g;
const beforeBlock = /^([#+>|=:-]|\d+(?=[.)]))/;

/** A paragraph of Markdown that reads as this line. */
export const markdown = async (line: string): Promise<Code> =>
  made(await formatMarkdownLine(escapeMarkdown(line.trim())));

const escapeMarkdown = (line: string) =>
  line
    .replaceAll(inParagraph, String.raw`\$&`)
    .replace(beforeBlock, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
