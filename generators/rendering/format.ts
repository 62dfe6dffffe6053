import path from 'node:path';
import type { Options, Plugin } from 'prettier';
import { alignTables, isPlain } from './markdown.ts';

/** The options of a generated `.prettierrc.json`. */
const options = { printWidth: 110, singleQuote: true };

const parsers: Record<string, string> = {
  '.ts': 'babel-ts',
  '.js': 'babel',
  '.json': 'json',
};

/**
 * Formats `text` with prettier for a file of this name; returns it unchanged if prettier does not handle the file. A run spends
 * most of its time here, so this loads only the necessary parts: babel parses TypeScript without its compiler, only the tables
 * of Markdown are formatted, and the YAML templates are already formatted.
 */
export async function format(file: string, text: string): Promise<string> {
  if (path.extname(file) === '.md') return alignTables(text);
  const parser = path.basename(file) === 'package.json' ? 'json-stringify' : parsers[path.extname(file)];
  if (!parser) return text;
  const estree = import('prettier/plugins/estree') as Promise<Plugin>;
  const plugins = await Promise.all([estree, import('prettier/plugins/babel')]);
  return prettify(text, { parser, plugins, filepath: file });
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
