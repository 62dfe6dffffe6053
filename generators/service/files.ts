import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from '../rendering/format.ts';
import type { Code } from '../rendering/code.ts';
import { render } from '../rendering/render.ts';
import { markdown } from '../rendering/writers.ts';
import { templatesRoot } from '../rendering/templates-root.ts';
import type { ServiceAnswers } from './model/answers.ts';
import { asyncApi } from './contracts/async-api.ts';
import { fieldCodes, runtimeSchemas, tolerantJoi } from './model/fields.ts';
import { planMigrations, type ChangeView, type MigrationPlan } from './migrations/plan.ts';
import { runtimeMigration } from './migrations/runtime-tables.ts';
import { copyColumn } from './migrations/tables.ts';
import { columnName, uniqueConstraint } from './model/names.ts';
import { serviceView, type CopyView, type ResourceView, type ServiceView } from './model/view.ts';

type Finish = (file: string, text: string) => string | Promise<string>;

const tools = { fieldCodes, runtimeSchemas, tolerantJoi, columnName, copyColumn, uniqueConstraint };

/**
 * Every file of the service that `answers` describe, formatted: path (with `/`) to text. Of the migrations those of `plan`,
 * by default those of a new service. Reads the templates, writes nothing. `finish` gets the text of each template.
 */
export async function serviceFiles(
  answers: ServiceAnswers,
  plan?: MigrationPlan,
  finish: Finish = format,
): Promise<Map<string, string>> {
  const root = templatesRoot('service');
  const view = {
    ...serviceView(answers),
    markdown: { description: await markdown(answers.description) },
  };
  const files = await migrationFiles(view, root, plan ?? planMigrations(view), finish);
  const into = { files, finish };
  await renderFolder(path.join(root, 'service'), view, { ...into, wanted: (file) => isWanted(file, view) });
  for (const resource of view.resources) {
    await renderFolder(
      path.join(root, 'resource'),
      { ...view, resource },
      { ...into, wanted: isNoMigration },
    );
  }
  for (const copy of view.copies)
    await renderFolder(path.join(root, 'copy'), { ...view, copy }, { ...into, wanted: isNoMigration });
  files.set(
    'Dockerfile',
    await readFile(path.join(dockerfiles(root), `${view.packageManager}.Dockerfile`), 'utf8'),
  );
  files.set('.env', files.get('.env.example') ?? ''); // as `microservice-devkit env` writes it in a clone
  files.set('asyncapi.json', `${JSON.stringify(await asyncApi(view, root), null, 2)}\n`);
  return new Map([...files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The runtime's own: the build copies them among the templates, and from source they are read where they are. */
function dockerfiles(templates: string): string {
  const copied = path.join(templates, 'docker');
  return existsSync(copied) ? copied : fileURLToPath(new URL('../../src/runtime/docker', import.meta.url));
}

const isMigration = (file: string) => file.startsWith('migrations/');
const isNoMigration = (file: string) => !isMigration(file);

/** The migrations that `plan` adds, formatted: path to text. */
export async function migrationFiles(
  view: ServiceView,
  root: string,
  { runtime, creates, changes }: MigrationPlan,
  finish: Finish = format,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const into = { files, finish, wanted: isMigration };
  for (const [module, name] of runtime) files.set(`migrations/${name}.ts`, runtimeMigration(module));
  for (const resource of view.resources) {
    const migration = creates.get(resource.table);
    if (migration === undefined) continue;
    await renderFolder(path.join(root, 'resource'), { ...view, migration, resource }, into);
  }
  for (const copy of view.copies) {
    const migration = creates.get(copy.table);
    if (migration === undefined) continue;
    await renderFolder(path.join(root, 'copy'), { ...view, migration, copy }, into);
  }
  for (const change of changes) {
    const { migration } = change;
    await renderFolder(path.join(root, 'change'), { ...view, migration, change }, into);
  }
  return files;
}

function isWanted(file: string, view: ServiceView): boolean {
  if (isMigration(file)) return false;
  if (file.startsWith('k8s/')) return view.kubernetes;
  if (file.startsWith('.github/')) return view.ci === 'github';
  if (file === 'seeds/.gitkeep') return view.resources.length === 0;
  if (file === 'pnpm-workspace.yaml') return view.packageManager === 'pnpm';
  return true;
}

interface Subject {
  resource?: ResourceView;
  copy?: CopyView;
  change?: ChangeView;
  migration?: string;
}

interface Target {
  files: Map<string, string>;
  finish: Finish;
  wanted: (file: string) => boolean;
}

async function renderFolder(
  folder: string,
  data: ServiceView & Subject & { markdown?: { description: Code } },
  { files, finish, wanted }: Target,
): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = { name: (data.resource ?? data.copy)?.kebab, migration: data.migration };
  for (const entry of entries.filter((each) => each.isFile())) {
    const source = path.join(entry.parentPath, entry.name);
    const target = targetPath(path.relative(folder, source), names);
    if (!wanted(target)) continue;
    if (files.has(target))
      throw new Error(`Two templates would write ${target}, so a rule for names is missing.`);
    if (!source.endsWith('.ejs')) {
      files.set(target, await readFile(source, 'utf8'));
      continue;
    }
    const text = await render(source, { ...data, ...tools });
    if (text.trim() !== '') files.set(target, await finish(target, text));
  }
}

interface Placeholders {
  name: string | undefined;
  migration: string | undefined;
}

/** `src/models/__name__.ts.ejs` becomes `src/models/user.ts`; `_gitignore` becomes `.gitignore`, which npm would not pack. */
function targetPath(relative: string, { name = '', migration = '' }: Placeholders): string {
  return relative
    .split(path.sep)
    .join('/')
    .replace(/\.ejs$/, '')
    .replace('__name__', name)
    .replace('__migration__', migration)
    .replace(/^_/, '.');
}
