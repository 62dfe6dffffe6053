import type { Plugin } from 'prettier';
import type { Comment } from '../structure/pieces.ts';

/** A node of prettier's syntax tree, which is that of Babel. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [property: string]: unknown;
}

/** A parsed file: its statements, or for JSON the value. */
export interface Syntax {
  body: SyntaxNode[];
  /** Such as `'use strict'`. */
  directives: SyntaxNode[];
  comments: Comment[];
}

/** Returns undefined for a text that does not parse. */
export type Parse = (text: string) => Syntax | undefined;

/**
 * Loads the parser of prettier, which needs no compiler of TypeScript. It keeps the syntax of each text that it has parsed, since the
 * steps of a merge read the same texts: load one for each file.
 */
export async function loadParser(language: 'babel-ts' | 'json'): Promise<Parse> {
  const { parsers } = (await import('prettier/plugins/babel')) as Plugin;
  const parser = parsers?.[language];
  if (parser === undefined) throw new Error(`prettier has no parser ${language}`);
  const parse: Parse = (text) => {
    try {
      return syntaxOf(parser.parse(text, {} as never) as Parsed);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  };
  const parsed = new Map<string, Syntax | undefined>();
  return (text) => {
    if (!parsed.has(text)) parsed.set(text, parse(text));
    return parsed.get(text);
  };
}

interface Parsed {
  program?: { body: SyntaxNode[]; directives: SyntaxNode[] };
  node?: SyntaxNode;
  comments?: { start: number; end: number; value: string }[];
}

function syntaxOf({ program, node, comments = [] }: Parsed): Syntax {
  const body = program?.body ?? (node ? [node] : []);
  const found = comments.map(({ start, end, value }) => ({ start, end, text: value }));
  return { body, directives: program?.directives ?? [], comments: found };
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

/** Returns the nodes in a property of a node: one, several or none. */
export const nodesIn = (value: unknown): SyntaxNode[] =>
  Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];

/** Properties that only tell of the place and the layout of a node. */
const layout = new Set(['start', 'end', 'loc', 'range', 'extra', 'comments', 'errors']);

/**
 * Returns a text that is equal for two nodes with the same code in any layout, without comments. `names` are replaced.
 */
export const shapeOf = (node: unknown, names?: ReadonlyMap<string, string>): string =>
  JSON.stringify(node, (property: string, value: unknown) => {
    if (layout.has(property) || property.startsWith('__')) return undefined;
    if (property === 'name' && typeof value === 'string') return names?.get(value) ?? value;
    return typeof value === 'bigint' ? `${value}n` : value;
  });

/** Reports whether two texts differ in their layout only: they have the same code and the same comments. */
export function sameCode(parse: Parse, one: string, other: string): boolean {
  const [first, second] = [parse(one), parse(other)];
  return first !== undefined && second !== undefined && codeOf(first) === codeOf(second);
}

const codeOf = ({ body, directives, comments }: Syntax): string =>
  shapeOf([directives, body]) +
  comments.map(({ text }) => `\n${text.replaceAll(/\s+/g, ' ').trim()}`).join('');
