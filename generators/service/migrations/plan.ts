import type { Code } from '../../rendering/code.ts';
import type { Field } from '../model/answers.ts';
import { inOrderOfReferences, targetsOf } from '../model/reference-rules.ts';
import { columnName, resourceNames } from '../model/names.ts';
import type { ServiceView } from '../view/service-view.ts';
import { noHistory, type History } from './history.ts';
import { nameAfter } from './names.ts';
import { missingRuntimeTables } from './runtime-tables.ts';
import { changeOf, type DroppedColumn, type TableChange } from './table-change.ts';
import { tablesOf, type Table } from './tables.ts';

/** A migration of a table that exists. */
export interface ChangeView extends TableChange {
  /** The folder of its template. */
  folder: 'change' | 'backfill' | 'rename' | 'require' | 'index' | 'drop';
  table: string;
  migration: string;
  /** The only field of any other folder than `change`. */
  field?: Field;
  /** Of the folder `drop`. */
  drop?: DroppedColumn;
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
    runtime: new Map(
      missingRuntimeTables(history.files, {
        hasSagas: view.sagas.length > 0,
        hasParticipants: view.participants.length > 0,
        hasProjections: view.projections.length > 0,
      }).map(({ module, name }) => [module, give(name)]),
    ),
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
        ...(added.renames !== undefined && { default: undefined }),
      }),
    ...(field && { field }),
  });
  const isAltered = change.added.length + change.loosened.length + change.released.length > 0;
  return [
    ...(isAltered ? [view('change', changeName(name, change))] : []),
    ...change.renamed.map((field) => {
      const [from, to] = [field.renames ?? '', field.name].map(columnName);
      return view('rename', `rename_${from}_to_${to}_of_${name}`, field);
    }),
    ...change.required.flatMap((field) => {
      const column = columnName(field.name);
      return [
        ...(field.renames === undefined ? [view('backfill', `backfill_${column}_of_${name}`, field)] : []),
        view('require', `require_${column}_of_${name}`, field),
      ];
    }),
    ...change.indexed.map((field) => view('index', `index_${columnName(field.name)}_of_${name}`, field)),
    ...change.dropped.map((drop) => ({
      ...view('drop', `drop_${columnName(drop.column.name)}_of_${name}`),
      drop,
    })),
  ];
}

function changeName(table: string, { added, loosened, released }: TableChange): string {
  const [only, ...others] = [...added, ...loosened, ...released.map(({ after }) => after)];
  if (!only || others.length > 0 || loosened.length > 0) return `change_${table}`;
  return added.length > 0
    ? `add_${columnName(only.name)}_to_${table}`
    : `release_${columnName(only.name)}_of_${table}`;
}

/** Returns the columns that the code of the last run used, but not that of this one. */
function leftColumns({ name, fields, leaving }: Table, { used }: History): string[] {
  const known = [...fields, ...leaving];
  const left = (used.get(name) ?? []).filter((column) => !known.some((field) => field.name === column.name));
  return left.map(
    (column) =>
      `The column "${columnName(column.name)}" of the table "${name}" stays, and the service no longer writes to it. ` +
      'Drop the column in your own migration once no running release uses it.',
  );
}
