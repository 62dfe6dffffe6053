import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from '../rendering/format.ts';
import { render } from '../rendering/render.ts';
import { markdown } from '../rendering/writers.ts';
import { templatesRoot } from '../rendering/templates-root.ts';
import type { WorkspaceAnswers } from './questions.ts';

type Finish = (file: string, text: string) => string | Promise<string>;

/**
 * Every file of the workspace that `answers` describe, formatted: path (with `/`) to text. Writes nothing. `finish` gets
 * the text of each template.
 */
export async function workspaceFiles(
  answers: Omit<WorkspaceAnswers, 'git'>,
  finish: Finish = format,
): Promise<Map<string, string>> {
  const root = templatesRoot('workspace');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const data = { ...answers, markdown: { description: await markdown(answers.description) } };
  const rendered = await Promise.all(sources.toSorted().map((source) => renderFile(root, source, data)));
  return new Map(
    await Promise.all(
      rendered.map(async ([file, text]): Promise<[string, string]> => [file, await finish(file, text)]),
    ),
  );
}

async function renderFile(root: string, source: string, data: object): Promise<[string, string]> {
  const target = targetPath(path.relative(root, source));
  const text = source.endsWith('.ejs') ? await render(source, data) : await readFile(source, 'utf8');
  return [target, text];
}

/** npm packs no `.gitignore`, so the templates spell the dot `_`. */
const targetPath = (relative: string) =>
  relative
    .split(path.sep)
    .join('/')
    .replace(/\.ejs$/, '')
    .replace(/(^|\/)_/, '$1.');
