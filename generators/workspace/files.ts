import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ejs from 'ejs';
import { format, formatMarkdownLine } from '../format.ts';
import { templatesRoot } from '../templates-root.ts';
import type { WorkspaceAnswers } from './questions.ts';

/** Every file of the workspace that `answers` describe, formatted: path (with `/`) to text. Writes nothing. */
export async function workspaceFiles(answers: Omit<WorkspaceAnswers, 'git'>): Promise<Map<string, string>> {
  const root = templatesRoot('workspace');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const data = { ...answers, markdown: { description: await formatMarkdownLine(answers.description) } };
  const rendered = await Promise.all(sources.toSorted().map((source) => render(root, source, data)));
  return new Map(rendered);
}

async function render(root: string, source: string, data: object): Promise<[string, string]> {
  const target = targetPath(path.relative(root, source));
  const text = ejs.render(await readFile(source, 'utf8'), data, { filename: source });
  return [target, await format(target, text)];
}

/** npm packs no `.gitignore`, so the templates spell the dot `_`. */
const targetPath = (relative: string) =>
  relative
    .split(path.sep)
    .join('/')
    .replace(/\.ejs$/, '')
    .replace(/(^|\/)_/, '$1.');
