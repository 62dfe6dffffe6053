import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVersion } from '../core/version.ts';
import { renderFolder, byPath, type Finish } from '../rendering/render-folder.ts';
import { templatesRoot } from '../rendering/templates-root.ts';
import { markdown } from '../rendering/writers.ts';
import type { ServiceAnswers } from './model/answers.ts';
import { typesFileOf } from './clients/types.ts';
import { asyncApi } from './contracts/async-api.ts';
import { comparison, fieldsOfAll, openFields, publishing } from './events/event-data.ts';
import { exampleChange } from './events/example-change.ts';
import { columnDefault, schemaDefault } from './fields/default-code.ts';
import { fieldCode, nullableJoi, requiredJoi, runtimeSchemas, tolerantJoi } from './fields/codes.ts';
import { planMigrations, type MigrationPlan } from './migrations/plan.ts';
import { runtimeMigration } from './migrations/runtime-tables.ts';
import { copyColumn, tableColumn } from './migrations/tables.ts';
import { isSorted, mayBeAbsent } from './model/field-form.ts';
import { sqlText } from './migrations/backfill.ts';
import {
  columnName,
  fillTrigger,
  foreignConstraint,
  indexName,
  renameTrigger,
  requiredConstraint,
  resourceNames,
  uniqueConstraint,
} from './model/names.ts';
import { unbuiltPackages } from './model/package-managers.ts';
import { samplesOf } from './fields/samples.ts';
import { sourceSample } from './projections/source-sample.ts';
import { fieldVariables } from './sagas/field-variables.ts';
import { serviceView, type ServiceView } from './view/service-view.ts';

const tools = {
  fieldCode,
  fieldVariables,
  schemaDefault,
  mayBeAbsent,
  isSorted,
  runtimeSchemas,
  tolerantJoi,
  nullableJoi,
  requiredJoi,
  columnName,
  copyColumn,
  tableColumn,
  uniqueConstraint,
  indexName,
  requiredConstraint,
  rowTrigger: fillTrigger,
  renameTrigger,
  columnDefault,
  sqlText,
  foreignConstraint,
  samplesOf,
  sourceSample,
  exampleChange,
  comparison,
  fieldsOfAll,
  openFields,
  publishing,
  unbuiltPackages,
};

/**
 * Returns every file of the service that `answers` describe, formatted: path (with `/`) to text. The migrations are those of
 * `plan`, by default those of a new service. Writes nothing. `finish` receives the text of each rendered template.
 */
export async function serviceFiles(
  answers: ServiceAnswers,
  plan?: MigrationPlan,
  finish?: Finish,
): Promise<Map<string, string>> {
  const root = templatesRoot('service');
  const view = {
    ...serviceView(answers),
    version: packageVersion(),
    markdown: { description: await markdown(answers.description) },
  };
  const files = await migrationFiles(view, root, plan ?? planMigrations(view), finish);
  await renderFolder(
    path.join(root, 'service'),
    { ...view, ...tools },
    { files, finish, wanted: (file) => isWanted(file, view) },
  );
  for (const { folder, name, data } of [...featuresOf(view), ...withoutTable(view)]) {
    const rendering = { files, finish, wanted: isNoMigration, names: { name } };
    await renderFolder(path.join(root, folder), { ...view, ...tools, ...data }, rendering);
  }
  for (const { folder, name, data, wanted } of versionsOf(view))
    await renderFolder(
      path.join(root, folder),
      { ...view, ...tools, ...data },
      { files, finish, wanted, names: { name } },
    );
  files.set(
    'Dockerfile',
    await readFile(path.join(dockerfiles(root), `${view.packageManager}.Dockerfile`), 'utf8'),
  );
  for (const { kebab, types } of view.clients) if (types !== undefined) files.set(typesFileOf(kebab), types);
  files.set('.env', files.get('.env.example') ?? ''); // `microservice-devkit env` writes the same file in a clone
  files.set('asyncapi.json', `${JSON.stringify(await asyncApi(view, root), null, 2)}\n`);
  return byPath(files);
}

/**
 * Parts without a table: the definitions of consumed events, handlers, clients, sagas, participants, projections, commands, and the
 * tests of the owner's events.
 */
const withoutTable = ({
  resources,
  copies,
  received,
  handlers,
  clients,
  commands,
  sagas,
  participants,
  projections,
}: ServiceView) => [
  ...[...copies, ...received].map((consumed) => ({
    folder: 'consumed',
    name: consumed.kebab,
    data: { consumed },
  })),
  ...sagas.map((saga) => ({
    folder: 'saga',
    name: saga.kebab,
    data: { saga, resource: resources.find(({ kebab }) => kebab === saga.resource) },
  })),
  ...participants.map((participant) => ({
    folder: 'participant',
    name: participant.kebab,
    data: { participant },
  })),
  ...projections.map((projection) => ({
    folder: 'projection',
    name: projection.kebab,
    data: { projection },
  })),
  ...commands.map((command) => ({ folder: 'command', name: command.name, data: { command } })),
  ...clients.map((client) => ({
    folder: client.operations ? 'openapi-client' : 'client',
    name: client.kebab,
    data: { client },
  })),
  ...handlers.map((handler) => ({ folder: 'handler', name: handler.kebab, data: { handler } })),
  ...resources.flatMap((resource) =>
    resource.events
      .filter(({ after }) => after === undefined)
      .map((event) => ({
        folder: 'event',
        name: resourceNames(event.type.replace('.', '-')).kebab,
        data: { resource, event },
      })),
  ),
];

/** The files of a resource that each version of its routes has. */
const ofVersion = /^(?:src\/(?:routers|schemas)|test)\/[\w-]+-(?:router|schema)(?:\.test)?\.ts$/;

/** The versions of the routes after the first one: the same templates under another name. */
const versionsOf = ({ resources }: ServiceView) =>
  resources.flatMap((resource) =>
    resource.apis.slice(1).map((api) => ({
      folder: 'resource',
      name: resource.kebab + api.suffix,
      data: { resource: { ...resource, api } },
      wanted: (file: string) => ofVersion.test(file),
    })),
  );

/** A part that a service has any number of: the folder of its templates, its name in paths, its table, and its data. */
const featuresOf = ({ resources, copies, projections }: ServiceView) => [
  ...resources.map((resource) => ({
    folder: 'resource',
    name: resource.kebab,
    table: resource.table,
    data: { resource },
  })),
  ...copies.map((copy) => ({ folder: 'copy', name: copy.kebab, table: copy.table, data: { copy } })),
  ...projections.flatMap((projection) =>
    projection.versions.map((version) => ({
      folder: 'projection-version',
      name: version.kebab,
      table: version.table,
      data: { projection, version },
    })),
  ),
];

/** The runtime's own: the build copies them among the templates, and from source they are read where they are. */
function dockerfiles(templates: string): string {
  const copied = path.join(templates, 'docker');
  return existsSync(copied) ? copied : fileURLToPath(new URL('../../src/runtime/docker', import.meta.url));
}

const isMigration = (file: string) => file.startsWith('migrations/');
const isNoMigration = (file: string) => !isMigration(file);

/** Returns the migrations that `plan` adds, formatted: path to text. */
export async function migrationFiles(
  view: ServiceView,
  root: string,
  { runtime, creates, changes }: MigrationPlan,
  finish?: Finish,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [module, name] of runtime) files.set(`migrations/${name}.ts`, runtimeMigration(module));
  const add = (folder: string, migration: string, data: object) =>
    renderFolder(
      path.join(root, folder),
      { ...view, ...tools, ...data, migration },
      { files, finish, wanted: isMigration, names: { migration } },
    );
  for (const { folder, table, data } of featuresOf(view)) {
    const migration = creates.get(table);
    if (migration !== undefined) await add(folder, migration, data);
  }
  for (const change of changes) await add(change.folder, change.migration, { change });
  return files;
}

function isWanted(file: string, view: ServiceView): boolean {
  if (isMigration(file)) return false;
  if (file.startsWith('k8s/')) return view.kubernetes;
  if (file === '.github/workflows/update.yml') return view.updateWorkflow;
  if (file.startsWith('.github/')) return view.ci === 'github';
  if (file === 'seeds/.gitkeep') return view.resources.length === 0;
  if (file === 'pnpm-workspace.yaml') return view.packageManager === 'pnpm';
  if (file === '.yarnrc.yml' || file === 'yarn.lock') return view.packageManager === 'yarn';
  return true;
}
