import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from './format.ts';
import { render } from './render.ts';

/** Finishes the text of a rendered template; `file` is the path of the generated file. */
export type Finish = (file: string, text: string) => string | Promise<string>;

export interface Rendering {
  /** Receives the rendered files: path (with `/`) to text. */
  files: Map<string, string>;
  /** By default every text is formatted. */
  finish?: Finish | undefined;
  /** Reports whether the file with this path is generated; by default every file is. */
  wanted?: ((file: string) => boolean) | undefined;
  /** The names to insert into paths: with `{ name: 'user' }`, `__name__` becomes `user`. */
  names?: Record<string, string | undefined>;
}

/**
 * Renders the templates of `folder` for `data`, and copies the files that are not templates. A template whose text is empty
 * generates no file. Throws if two templates would write one file.
 */
export async function renderFolder(folder: string, data: object, rendering: Rendering): Promise<void> {
  const { files, finish = format, wanted = () => true, names = {} } = rendering;
  for (const source of await sourcesIn(folder)) {
    const file = targetPath(path.relative(folder, source), names);
    if (!wanted(file)) continue;
    if (files.has(file))
      throw new Error(`Two templates would write ${file}, so a rule for names is missing.`);
    if (!source.endsWith('.ejs')) {
      files.set(file, await readFile(source, 'utf8'));
      continue;
    }
    const text = await render(source, data);
    if (text.trim() !== '') files.set(file, await finish(file, text));
  }
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => path.join(parentPath, name)).toSorted();
}

/** `src/models/__name__.ts.ejs` becomes `src/models/user.ts`; `_gitignore` becomes `.gitignore`, which npm would not pack. */
function targetPath(relative: string, names: Record<string, string | undefined>): string {
  const file = relative.split(path.sep).join('/');
  return file
    .replace(/\.ejs$/, '')
    .replaceAll(/__(\w+?)__/g, (_, name: string) => names[name] ?? '')
    .replaceAll(/(^|\/)_/g, '$1.');
}

/** Returns `files` in the order of their paths, which is the order of every listing. */
export const byPath = (files: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
