import path from 'node:path';
import type { Options, Plugin } from 'prettier';
import { layOut } from './layout/lay-out.ts';
import { printWidth } from './layout/width.ts';
import { alignTables, isPlain } from './markdown.ts';

/** The options of a generated `.prettierrc.json`. */
const options = { printWidth, singleQuote: true };

/**
 * Formats the text of a rendered template as prettier formats a file of this name. Loading prettier would take a third of a run,
 * so it formats only a TypeScript file with a line that `layOut` cannot break. Of Markdown the tables are formatted; all other
 * templates are already formatted.
 */
export async function format(file: string, text: string): Promise<string> {
  if (path.extname(file) === '.md') return alignTables(text);
  if (path.extname(file) !== '.ts') return text;
  return layOut(text) ?? prettifyTypeScript(file, text);
}

/** Formats TypeScript with babel, which parses it without loading its compiler. */
export async function prettifyTypeScript(file: string, text: string): Promise<string> {
  const estree = import('prettier/plugins/estree') as Promise<Plugin>;
  const plugins = await Promise.all([estree, import('prettier/plugins/babel')]);
  return prettify(text, { parser: 'babel-ts', plugins, filepath: file });
}

/** Formats a typed line as prettier writes it in a Markdown file. */
export async function formatMarkdownLine(line: string): Promise<string> {
  if (isPlain(line)) return line;
  const plugins = [await import('prettier/plugins/markdown')];
  return (await prettify(line, { parser: 'markdown', plugins })).trimEnd();
}

async function prettify(text: string, given: Options): Promise<string> {
  const prettier = await import('prettier/standalone');
  return prettier.format(text, { ...options, ...given });
}
