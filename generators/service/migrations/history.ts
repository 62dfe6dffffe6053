import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Base, readBase } from '../../output/base.ts';
import type { Remembered } from '../../output/yo-rc.ts';
import type { Field } from '../model/answers.ts';
import { formatFields } from '../fields/grammar.ts';
import { fromStored } from '../stored/stored-answers.ts';
import { fieldsReader } from '../stored/stored-fields.ts';
import { checkTables } from '../stored/stored-rules.ts';
import { projectionsOf } from '../projections/projection-view.ts';
import { copiesOf, resourcesOf } from '../model/view.ts';
import { knownEvents } from '../projections/projection-rules.ts';
import { tablesOf } from './tables.ts';

/** The changes that earlier runs and the owner made to the schema of a service. */
export interface History {
  /** The columns that migrations gave each table, including those that the code no longer uses. */
  tables: Map<string, Field[]>;
  /** The columns that the code of the last run uses. */
  used: Map<string, Field[]>;
  /** The migrations of earlier runs with their original text, by path. Each is generated once. */
  born: Map<string, string>;
  /** The migrations in the folder, and those that were generated and deleted: file name to text. */
  files: Map<string, string>;
}

export const noHistory: History = { tables: new Map(), used: new Map(), born: new Map(), files: new Map() };

const migrationFile = /(?<!\.d)\.[cm]?[jt]s$/;

/** Reads the history from the memory in `folder` and from its `migrations/`. */
export async function readHistory(folder: string, before: Remembered | undefined): Promise<History> {
  const [base, present] = await Promise.all([
    before ? readBase(folder) : new Map<string, string>(),
    readMigrations(path.join(folder, 'migrations')),
  ]);
  return historyOf(before, base, present);
}

/** Reads the history from texts: `base` by path, `present` by name in `migrations/`. */
export function historyOf(
  before: Pick<Remembered, 'answers' | 'tables'> | undefined,
  base: Base,
  present: Map<string, string>,
): History {
  const born = new Map([...base].filter(([file]) => file.startsWith('migrations/')));
  const byName = [...born].map(([file, text]): [string, string] => [path.posix.basename(file), text]);
  const used = before ? usedBy(before.answers) : new Map<string, Field[]>();
  return {
    tables: before?.tables ? read(before.tables, fieldsReader(before.answers)) : used,
    used,
    born,
    files: new Map([...byName, ...present]),
  };
}

/** A service from before `tables` was stored has the columns of its answers, from which its migrations were generated. */
function usedBy(answers: Record<string, unknown>): Map<string, Field[]> {
  const { resources = [], consumes = [], sagas = [], projections = [] } = fromStored(answers);
  const tables = tablesOf({
    resources: resourcesOf(resources),
    copies: copiesOf(consumes),
    projections: projectionsOf(projections, knownEvents({ resources, consumes, sagas })),
  });
  return new Map(tables.map(({ name, fields }) => [name, fields]));
}

function read(tables: Record<string, string>, parse: (text: string) => Field[]): Map<string, Field[]> {
  checkTables(tables);
  return new Map(Object.entries(tables).map(([name, fields]) => [name, fields === '' ? [] : parse(fields)]));
}

/** Converts tables for `.yo-rc.json`: one line per table, sorted, so git can merge the additions of two branches. */
export const storedTables = (tables: Map<string, Field[]>): Record<string, string> =>
  Object.fromEntries(
    [...tables]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, fields]) => [name, formatFields(fields.map(({ secret: _secret, ...field }) => field))]),
  );

async function readMigrations(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && migrationFile.test(entry.name))
    .map(({ name }) => name);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}
