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
 * `text` as prettier writes it for a file of this name; as it is where prettier has no say. Most of a run's time goes by
 * in here, so that only what is needed is loaded: babel reads TypeScript without the weight of its compiler, of Markdown
 * only the tables are touched, and the YAML templates come out as prettier would have them.
 */
export async function format(file: string, text: string): Promise<string> {
  if (path.extname(file) === '.md') return alignTables(text);
  const parser = path.basename(file) === 'package.json' ? 'json-stringify' : parsers[path.extname(file)];
  if (!parser) return text;
  const estree = import('prettier/plugins/estree') as Promise<Plugin>;
  const plugins = await Promise.all([estree, import('prettier/plugins/babel')]);
  return prettify(text, { parser, plugins, filepath: file });
}

/** A line that somebody typed, as prettier writes it in a Markdown file. */
export async function formatMarkdownLine(line: string): Promise<string> {
  if (isPlain(line)) return line;
  const plugins = [await import('prettier/plugins/markdown')];
  return (await prettify(line, { parser: 'markdown', plugins })).trimEnd();
}

async function prettify(text: string, given: Options): Promise<string> {
  const prettier = await import('prettier/standalone');
  return prettier.format(text, { ...options, ...given });
}
