import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Options, Parser, Plugin } from 'prettier';
import type { Format } from '../merge/merge-text.ts';

/** The places in which prettier looks for options, in its order (https://prettier.io/docs/configuration). */
const places = [
  'package.json',
  'package.yaml',
  '.prettierrc',
  ...['json', 'yaml', 'yml', 'json5', 'js', 'ts', 'mjs', 'mts', 'cjs', 'cts'].map(
    (type) => `.prettierrc.${type}`,
  ),
  ...['js', 'ts', 'mjs', 'mts', 'cjs', 'cts'].map((type) => `prettier.config.${type}`),
  '.prettierrc.toml',
  '.editorconfig',
];

/** Options that name other files, or programs. */
const unknown = ['plugins', 'overrides', 'parser', 'filepath'];

/**
 * Returns the function that formats a text as prettier would in the owner's folder. It reads options in JSON and YAML, and executes
 * no code of the owner. Returns undefined for other options (scripts, plugins, `.editorconfig`); the files are then merged as they are.
 */
export async function findOwnerFormat(folder: string): Promise<Format | undefined> {
  const options = await readOptions(folder);
  if (!options) return undefined;
  return async (file, text) => {
    const found = await loadLanguage(file);
    if (!found) return undefined;
    const { format } = await import('prettier/standalone');
    try {
      return await format(text, { ...options, ...found, endOfLine: 'lf' });
    } catch {
      return undefined; // the text does not parse, or an option has a value that prettier refuses
    }
  };
}

async function readOptions(folder: string): Promise<Options | undefined> {
  for (const place of places) {
    const text = await readFile(path.join(folder, place), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const options = await optionsIn(place, text);
    if (options === 'none') continue;
    return options;
  }
  return {};
}

/** Returns `none` if the file is not about formatting, and undefined if only a program can read its options. */
async function optionsIn(place: string, text: string): Promise<Options | 'none' | undefined> {
  if (!/^\.prettierrc(?:\.json|\.ya?ml)?$|^package\./.test(place)) return undefined;
  const isPackage = place.startsWith('package.');
  const content = await valueOf(text);
  const options = isPackage ? memberOf(content, 'prettier') : content;
  if (options === undefined && isPackage) return 'none';
  if (typeof options !== 'object' || options === null) return undefined;
  return unknown.some((name) => name in options) ? undefined : options;
}

/** YAML 1.2 contains JSON, but loading its parser takes longer. */
async function valueOf(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { parse } = await import('yaml');
    try {
      return parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** Returns the parser of a file, with its plugins; undefined for a file that this generator does not format. */
async function loadLanguage(file: string): Promise<Pick<Options, 'parser' | 'plugins'> | undefined> {
  const parser = byName[path.posix.basename(file)] ?? parsers[path.posix.extname(file)];
  if (parser === undefined) return undefined;
  const [estree, babel] = await Promise.all([
    import('prettier/plugins/estree') as Promise<Plugin>,
    import('prettier/plugins/babel'),
  ]);
  if (parser !== 'markdown') return { parser, plugins: [estree, babel] };
  const markdown = await import('prettier/plugins/markdown');
  return { parser, plugins: [markdown, estree, babel, typescriptIn(babel)] };
}

/** In Markdown, prettier formats a block of TypeScript with the parser "typescript", which is a compiler of several megabytes. */
const typescriptIn = ({
  parsers: { 'babel-ts': typescript },
}: {
  parsers: Record<'babel-ts', Parser>;
}): Plugin => ({
  parsers: { typescript },
});

/** Prettier formats it as npm writes it. */
const byName: Record<string, string> = { 'package.json': 'json-stringify' };

const parsers: Record<string, string> = {
  ...Object.fromEntries(['.ts', '.mts', '.cts'].map((type) => [type, 'babel-ts'])),
  ...Object.fromEntries(['.js', '.mjs', '.cjs'].map((type) => [type, 'babel'])),
  '.json': 'json',
  '.md': 'markdown',
};
