import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readPristine } from '../../output/pristine.ts';
import type { Remembered } from '../../output/yo-rc.ts';
import type { Field } from '../model/answers.ts';
import { formatFields, parseFields } from '../model/field-grammar.ts';
import { fromStored } from '../stored/stored-answers.ts';
import { checkTables } from '../stored/stored-rules.ts';
import { copiesOf, resourcesOf } from '../model/view.ts';
import { tablesOf } from './tables.ts';

/** What earlier runs and the owner did to the schema of a service. */
export interface History {
  /** The columns that migrations gave each table, those that no code uses any more too. */
  tables: Map<string, Field[]>;
  /** The columns that the code of the last run uses. */
  used: Map<string, Field[]>;
  /** The migrations that earlier runs wrote, as they were written: path to text. Each is born once. */
  born: Map<string, string>;
  /** The migrations that the folder holds, and those that were born and deleted: file name to text. */
  files: Map<string, string>;
}

export const noHistory: History = { tables: new Map(), used: new Map(), born: new Map(), files: new Map() };

const code = /(?<!\.d)\.[cm]?[jt]s$/;

/** Reads what is remembered in `folder`, and what its `migrations/` holds. */
export async function readHistory(folder: string, before: Remembered | undefined): Promise<History> {
  const [pristine, present] = await Promise.all([
    before ? readPristine(folder) : new Map<string, string>(),
    readMigrations(path.join(folder, 'migrations')),
  ]);
  return historyOf(before, pristine, present);
}

/** The same of texts: `pristine` by path, `present` by name in `migrations/`. */
export function historyOf(
  before: Pick<Remembered, 'answers' | 'tables'> | undefined,
  pristine: Map<string, string>,
  present: Map<string, string>,
): History {
  const born = new Map([...pristine].filter(([file]) => file.startsWith('migrations/')));
  const byName = [...born].map(([file, text]): [string, string] => [path.posix.basename(file), text]);
  const used = before ? usedBy(before.answers) : new Map<string, Field[]>();
  return {
    tables: before?.tables ? read(before.tables) : used,
    used,
    born,
    files: new Map([...byName, ...present]),
  };
}

/** A service of before `tables` was remembered has the columns of its answers: its migrations were written from them. */
function usedBy(answers: Record<string, unknown>): Map<string, Field[]> {
  const { resources = [], consumes = [] } = fromStored(answers);
  const tables = tablesOf({ resources: resourcesOf(resources), copies: copiesOf(consumes) });
  return new Map(tables.map(({ name, fields }) => [name, fields]));
}

function read(tables: Record<string, string>): Map<string, Field[]> {
  checkTables(tables);
  return new Map(
    Object.entries(tables).map(([name, fields]) => [name, fields === '' ? [] : parseFields(fields)]),
  );
}

/** As `.yo-rc.json` keeps them: one line a table, sorted, so that git merges what two branches added. */
export const storedTables = (tables: Map<string, Field[]>): Record<string, string> =>
  Object.fromEntries(
    [...tables]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, fields]) => [name, formatFields(fields.map(({ secret: _secret, ...field }) => field))]),
  );

async function readMigrations(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && code.test(entry.name)).map(({ name }) => name);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}
