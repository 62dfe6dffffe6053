import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** One import of a TypeScript file. */
export interface Import {
  /** Seen from the root of the repository. */
  file: string;
  /** A relative import as its path from the root, any other one unchanged. */
  target: string;
}

/** The TypeScript files of a folder, without its dependencies, build output and templates. */
export function sourcesOf(folder: string): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(node_modules|dist|templates)\//.test(file))
    .map((file) => path.posix.join(folder, file));
}

/** Every import of the TypeScript files of a folder. */
export const importsOf = (folder: string): Import[] => sourcesOf(folder).flatMap(importsOfFile);

// a name with `$` is part of a text that the file writes
function importsOfFile(file: string): Import[] {
  const targets = readSource(file).matchAll(
    /(?:^(?:import|export)\b[^;'"]*?from |^import |\bimport\()\s*['"]([^'"$]+)['"]/gm,
  );
  return [...targets].map(([, target = '']) => ({
    file,
    target: target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target,
  }));
}

export const readSource = (file: string): string => readFileSync(path.join(root, file), 'utf8');
