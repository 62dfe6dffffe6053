import type { Code } from '../../rendering/code.ts';
import type { Field } from '../model/answers.ts';
import { inOrderOfReferences, targetsOf } from '../model/reference-rules.ts';
import { columnName, resourceNames } from '../model/names.ts';
import type { ServiceView } from '../model/view.ts';
import { noHistory, type History } from './history.ts';
import { nameAfter } from './names.ts';
import { missingRuntimeTables } from './runtime-tables.ts';
import { changeOf, type TableChange } from './table-change.ts';
import { tablesOf, type Table } from './tables.ts';

/** A migration of a table that exists. */
export interface ChangeView extends TableChange {
  /** The folder of its template. */
  folder: 'change' | 'backfill' | 'require' | 'index';
  table: string;
  migration: string;
  /** The only field of any other folder than `change`. */
  field?: Field;
  column: (field: Field) => Code;
}

/** The migrations that a run adds. Existing ones stay unchanged. */
export interface MigrationPlan {
  /** For tables of the runtime: the module to the name. */
  runtime: Map<string, string>;
  /** For new tables: the table to the name. */
  creates: Map<string, string>;
  /** For tables that exist. */
  changes: ChangeView[];
  /** The columns of every table once all migrations have run. */
  tables: Map<string, Field[]>;
  /** Notes to the owner, one per line. */
  notes: string[];
}

/** A number slightly above those of the runtime's migrations, which leaves room between the two in a new service. */
const firstTable = '20260101000010';

/**
 * Plans the migrations that lead from the state of earlier runs to that of `view`, in the order of their names. Writes nothing.
 * Throws a UsageError if an existing table cannot get the new fields.
 */
export function planMigrations(view: ServiceView, history: History = noHistory): MigrationPlan {
  const taken = new Set(history.files.keys());
  const give = (preferred: string) => {
    const name = nameAfter(taken, preferred);
    taken.add(`${name}.ts`);
    return name;
  };
  const wanted = inOrderOfReferences(tablesOf(view), ({ name, fields }) => ({
    name,
    targets: targetsOf(fields).map((target) => resourceNames(target).table),
  }));
  return {
    runtime: new Map(missingRuntimeTables(history.files).map(({ module, name }) => [module, give(name)])),
    creates: new Map(
      wanted
        .filter(({ name }) => !history.tables.has(name))
        .map(({ name }) => [name, give(`${firstTable}_create_${name}`)]),
    ),
    ...planTables(wanted, history, give),
    notes: wanted.flatMap((table) => leftColumns(table, history)),
  };
}

function planTables(wanted: Table[], { tables: before }: History, give: (preferred: string) => string) {
  const tables = new Map(before);
  const changes: ChangeView[] = [];
  for (const table of wanted) {
    const columns = before.get(table.name);
    const change = columns && changeOf(table, columns);
    tables.set(table.name, change?.columns ?? table.fields);
    if (change) changes.push(...migrationsOf(table, change, give));
  }
  return { tables, changes };
}

/** Returns the migrations of a change, each safe while replicas of the earlier release run. */
function migrationsOf(table: Table, change: TableChange, give: (preferred: string) => string): ChangeView[] {
  const { name } = table;
  const view = (folder: ChangeView['folder'], words: string, field?: Field): ChangeView => ({
    ...{ ...change, folder, table: name, migration: give(`${firstTable}_${words}`) },
    column: (added) =>
      table.definition({
        ...added,
        optional: added.optional || change.required.includes(added),
        unique: false,
        index: false,
      }),
    ...(field && { field }),
  });
  const isAltered = change.added.length + change.loosened.length > 0;
  return [
    ...(isAltered ? [view('change', changeName(name, change))] : []),
    ...change.required.flatMap((field) => {
      const column = columnName(field.name);
      return [
        view('backfill', `backfill_${column}_of_${name}`, field),
        view('require', `require_${column}_of_${name}`, field),
      ];
    }),
    ...change.indexed.map((field) => view('index', `index_${columnName(field.name)}_of_${name}`, field)),
  ];
}

function changeName(table: string, { added, loosened }: TableChange): string {
  const [only] = added;
  const isOne = only && added.length === 1 && loosened.length === 0;
  return isOne ? `add_${columnName(only.name)}_to_${table}` : `change_${table}`;
}

/** Returns the columns that the code of the last run used, but not that of this one. */
function leftColumns({ name, fields }: Table, { used }: History): string[] {
  const left = (used.get(name) ?? []).filter((column) => !fields.some((field) => field.name === column.name));
  return left.map(
    (column) =>
      `The column "${columnName(column.name)}" of the table "${name}" stays, and the service no longer writes to it. ` +
      'Drop the column in your own migration once no running release uses it.',
  );
}
