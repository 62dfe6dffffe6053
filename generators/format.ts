import path from 'node:path';
import type { Plugin } from 'prettier';

/** The options of a generated `.prettierrc.json`. */
const options = { printWidth: 110, singleQuote: true };

const parsers: Record<string, string> = {
  '.ts': 'typescript',
  '.js': 'babel',
  '.json': 'json',
  '.md': 'markdown',
  '.yml': 'yaml',
  '.yaml': 'yaml',
};

/** `text` as prettier writes it for a file of this name; as it is where prettier has no say. */
export async function format(file: string, text: string): Promise<string> {
  const parser = path.basename(file) === 'package.json' ? 'json-stringify' : parsers[path.extname(file)];
  if (!parser) return text;
  const [{ format: prettify }, plugins] = await Promise.all([
    import('prettier/standalone'),
    loadPlugins(parser),
  ]);
  return prettify(text, { ...options, parser, plugins, filepath: file });
}

async function loadPlugins(parser: string): Promise<Plugin[]> {
  const yaml = () => import('prettier/plugins/yaml');
  const estree = () => import('prettier/plugins/estree') as Promise<Plugin>;
  const typescript = () => import('prettier/plugins/typescript');
  const babel = () => import('prettier/plugins/babel');
  if (parser === 'yaml') return [await yaml()];
  if (parser === 'typescript') return [await estree(), await typescript()];
  if (parser !== 'markdown') return [await estree(), await babel()];
  const markdown = import('prettier/plugins/markdown');
  return Promise.all([markdown, estree(), typescript(), babel(), yaml()]);
}
