import assert from 'node:assert/strict';
import path from 'node:path';
import { parseEnv } from 'node:util';
import * as babel from 'prettier/plugins/babel';
import * as markdown from 'prettier/plugins/markdown';
import { parseAllDocuments } from 'yaml';

interface Node {
  type: string;
  value?: unknown;
  children?: Node[];
  [key: string]: unknown;
}

interface Program {
  errors: unknown[];
  comments: unknown[];
  program: Node;
}

type Parse<T> = (text: string, options: object) => T;

const parseCode = babel.parsers['babel-ts']?.parse as unknown as Parse<Program>;
const parseMarkdown = markdown.parsers['markdown']?.parse as unknown as Parse<Node>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

const known = new Map<string, string>();

/** The behavior of a generated file, without its names and texts: equal for two files that differ only in values. */
export function shapeOf(file: string, text: string): string {
  const key = `${path.extname(file)} ${text}`;
  const shape = known.get(key) ?? JSON.stringify(readShape(file, text));
  known.set(key, shape);
  return shape;
}

function readShape(file: string, text: string): unknown {
  if (/\.[jt]s$/.test(file)) return codeShape(parsed(file, text));
  if (file.endsWith('.json')) return jsonShape(JSON.parse(text));
  if (/\.ya?ml$/.test(file)) return yamlVersions.map((version) => documents(text, version).map(jsonShape));
  if (file.endsWith('.md')) return markdownShape(parseMarkdown(text, {}));
  if (path.basename(file).startsWith('.env')) return Object.keys(parseEnv(text));
  return text.split('\n').length;
}

/** The program of a file of TypeScript or JavaScript; fails if it does not parse, or declares a name twice. */
export function parsed(file: string, text: string): Program {
  const program = parseCode(text, { filepath: file });
  assert.deepEqual(program.errors, [], file);
  return program;
}

const meaningless = /^(loc|start|end|range|extra|comments|errors|name|value|identifierName)$|^__/;

function codeShape({ comments, program }: Program): unknown {
  return [comments.length, nodeShape(program)];
}

function nodeShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nodeShape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([key, member]) => !meaningless.test(key) || isNode(member))
    .map(([key, member]) => [key, nodeShape(member)]);
}

/** Compose and Kubernetes read YAML by the rules of 1.1 or of 1.2, depending on the program. */
const yamlVersions = ['1.1', '1.2'] as const;

/** The values of a YAML file. */
export const documents = (text: string, version: '1.1' | '1.2' = '1.2'): unknown[] =>
  parseAllDocuments(text, { version, merge: true }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as unknown;
  });

/** Without an order, since items sorted by name move when they are renamed. */
function jsonShape(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  return `[${Object.values(value)
    .map(jsonShape)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join()}]`;
}

/** Blocks with their content; for a paragraph only the kinds of its parts. A web address in a text becomes a link. */
function markdownShape({ type, children = [] }: Node): unknown {
  const parts = children.filter((part) => part.type !== 'text' && part.type !== 'link');
  return [type, parts.map(markdownShape)];
}

/** Returns the first paragraph after the heading of a Markdown file. */
export function firstParagraph(text: string): string {
  const paragraph = parseMarkdown(text, {}).children?.[1];
  assert.equal(paragraph?.type, 'paragraph');
  return readText(paragraph);
}

const readText = ({ value, children = [] }: Node): string =>
  typeof value === 'string' ? value : children.map(readText).join('');

/** Returns the literal values of the properties called `name` in a program, in order. */
export function literalsOf({ program }: Program, name: string): unknown[] {
  const found: unknown[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    const { type, key, value: of } = value;
    if (type === 'ObjectProperty' && isNode(key) && key['name'] === name && isNode(of) && 'value' in of)
      found.push(of.value);
    Object.values(value).forEach(visit);
  };
  visit(program);
  return found;
}
