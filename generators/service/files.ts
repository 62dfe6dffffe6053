import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import { format, formatMarkdownLine } from '../format.ts';
import { templatesRoot } from '../templates-root.ts';
import type { ServiceAnswers } from './answers.ts';
import { asyncApi } from './async-api.ts';
import { fieldCodes, runtimeSchemas, tolerantJoi } from './fields.ts';
import { columnName } from './names.ts';
import { serviceView, type CopyView, type ResourceView, type ServiceView } from './view.ts';

const tools = { fieldCodes, runtimeSchemas, tolerantJoi, columnName };

/**
 * Every file of the service that `answers` describe, formatted: path (with `/`) to text. Reads the templates, writes nothing.
 */
export async function serviceFiles(answers: ServiceAnswers): Promise<Map<string, string>> {
  const root = templatesRoot('service');
  const view = {
    ...serviceView(answers),
    markdown: { description: await formatMarkdownLine(answers.description) },
  };
  const files = new Map<string, string>();
  await render(path.join(root, 'service'), view, files, (file) => isWanted(file, view));
  for (const resource of view.resources) {
    await render(path.join(root, 'resource'), { ...view, resource }, files);
  }
  for (const copy of view.copies) await render(path.join(root, 'copy'), { ...view, copy }, files);
  files.set(
    'Dockerfile',
    await readFile(path.join(dockerfiles(root), `${view.packageManager}.Dockerfile`), 'utf8'),
  );
  files.set('asyncapi.json', `${JSON.stringify(await asyncApi(view, root), null, 2)}\n`);
  return new Map([...files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The runtime's own: the build copies them among the templates, and from source they are read where they are. */
function dockerfiles(templates: string): string {
  const copied = path.join(templates, 'docker');
  return existsSync(copied) ? copied : fileURLToPath(new URL('../../src/runtime/docker', import.meta.url));
}

function isWanted(file: string, view: ServiceView): boolean {
  if (file.startsWith('k8s/')) return view.kubernetes;
  if (file.startsWith('.github/')) return view.ci === 'github';
  if (file === 'seeds/.gitkeep') return view.resources.length === 0;
  if (file === 'pnpm-workspace.yaml') return view.packageManager === 'pnpm';
  return true;
}

async function render(
  folder: string,
  data: ServiceView & { markdown: { description: string }; resource?: ResourceView; copy?: CopyView },
  files: Map<string, string>,
  wanted: (file: string) => boolean = () => true,
): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const subject = data.resource ?? data.copy;
  for (const entry of entries.filter((each) => each.isFile())) {
    const source = path.join(entry.parentPath, entry.name);
    const target = targetPath(path.relative(folder, source), subject);
    if (!wanted(target)) continue;
    const template = await readFile(source, 'utf8');
    if (!source.endsWith('.ejs')) {
      files.set(target, template);
      continue;
    }
    const text = ejs.render(template, { ...data, ...tools }, { filename: source });
    if (text.trim() !== '') files.set(target, await format(target, text));
  }
}

/** `src/models/__name__.ts.ejs` becomes `src/models/user.ts`; `_gitignore` becomes `.gitignore`, which npm would not pack. */
function targetPath(relative: string, subject: { kebab: string; migration: string } | undefined): string {
  return relative
    .split(path.sep)
    .join('/')
    .replace(/\.ejs$/, '')
    .replace('__name__', subject?.kebab ?? '')
    .replace('__migration__', subject?.migration ?? '')
    .replace(/^_/, '.');
}
