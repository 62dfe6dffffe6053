import path from 'node:path';
import type { Plugin } from 'prettier';

/** The options of a generated `.prettierrc.json`. */
const options = { printWidth: 110, singleQuote: true };

const parsers: Record<string, string> = {
  '.ts': 'babel-ts',
  '.js': 'babel',
  '.json': 'json',
  '.md': 'markdown',
};

/**
 * `text` as prettier writes it for a file of this name; as it is where prettier has no say. YAML is not looked at: its
 * templates come out as prettier would have them. Most of a run's time goes by in here, so that only what is needed is
 * loaded: babel reads TypeScript in a third of the time of TypeScript's own parser, and no README has code that prettier knows.
 */
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
  if (parser === 'markdown') return [await import('prettier/plugins/markdown')];
  const estree = import('prettier/plugins/estree') as Promise<Plugin>;
  return Promise.all([estree, import('prettier/plugins/babel')]);
}
