import { UsageError } from '../../core/usage-error.ts';
import type { Field, LeavingField } from '../model/answers.ts';
import { isIndexed, writtenType } from '../model/field-form.ts';
import type { Table } from './tables.ts';

/** A column of a removed required field, and the same one for the new release, which does not write it. */
export interface ReleasedColumn {
  before: Field;
  after: Field;
}

/** A column that goes, and the field that has its values. */
export interface DroppedColumn {
  column: Field;
  to?: Field | undefined;
}

/** The change of an existing table for the code of this run. Only a command drops a column. */
export interface TableChange {
  added: Field[];
  /** Columns that become nullable. */
  loosened: Field[];
  /** Columns that become NOT NULL after a backfill. */
  required: Field[];
  /** They get a default, and lose the constraints that it would violate. */
  released: ReleasedColumn[];
  /** New columns with the values of others. */
  renamed: Field[];
  dropped: DroppedColumn[];
  /** Columns that get an index of their own migration. */
  indexed: Field[];
  /** The columns of the table afterwards. */
  columns: Field[];
}

/** Throws a UsageError for a change that existing rows may prevent. */
export function changeOf(table: Table, columns: Field[]): TableChange {
  const { name, fields } = table;
  const added = fields.filter((field) => !columns.some((column) => column.name === field.name));
  for (const field of added) refuseAddition(name, field);
  for (const column of columns) refuseChange(table, column);
  const leaving = [...table.leaving, ...table.dropped].map((field) => field.name);
  const loosened = columns.filter(
    (column) => !column.optional && !leaving.includes(column.name) && isLoose(fields, column),
  );
  const of = (column: Field) => fields.find((field) => field.name === column.name);
  const required = fields.filter((field) => {
    const column = columns.find((each) => each.name === field.name);
    return !field.optional && (column ? column.optional : needsFill(field));
  });
  const indexed = fields.filter(
    (field) =>
      isIndexed(field) && !columns.some((column) => of(column) === field && isIndexedAs(column, field)),
  );
  const released = columns.flatMap((column) => releasedColumn(column, table.leaving));
  const dropped = table.dropped.flatMap((field) => droppedColumn(field, { columns, fields }));
  const kept = columns.map((column) => {
    const free = released.find(({ before }) => before === column);
    if (free) return free.after;
    const { unique, index } = of(column) ?? column;
    const optional =
      loosened.includes(column) || (column.optional && !required.some((each) => each === of(column)));
    return { ...column, unique, index, optional };
  });
  return {
    ...{ added, loosened, required, indexed, released, dropped },
    renamed: fields.filter(({ renames }) => renames !== undefined),
    columns: [...kept, ...added].filter((each) => !dropped.some(({ column }) => column.name === each.name)),
  };
}

/** The default of a new column fills the present rows, except if these have a value already. */
const needsFill = (field: Field): boolean => field.renames !== undefined || field.default === undefined;

/** All rows of the new release have the same value, which is the id of no other row. */
function releasedColumn(column: Field, leaving: LeavingField[]): ReleasedColumn[] {
  const value = leaving.find(({ name }) => name === column.name)?.default;
  if (value === undefined) return [];
  const { target: _target, ...rest } = column;
  const type = column.type === 'reference' ? 'uuid' : column.type;
  return [{ before: column, after: { ...rest, type, unique: false, default: value } }];
}

const droppedColumn = (
  { name, to }: LeavingField,
  { columns, fields }: { columns: Field[]; fields: Field[] },
): DroppedColumn[] =>
  columns
    .filter((column) => column.name === name)
    .map((column) => ({ column, to: fields.find((field) => field.name === to) }));

const isIndexedAs = (column: Field, field: Field) =>
  column.unique === field.unique && column.index === field.index;

const isLoose = (fields: Field[], column: Field) =>
  fields.find(({ name }) => name === column.name)?.optional ?? true;

const ownMigration = (table: string) =>
  `change the table in your own migration, then change the entry "${table}" under "tables" in .yo-rc.json`;

function refuseAddition(table: string, field: Field): void {
  const { name, optional, unique, backfill, default: value } = field;
  if (field.renames !== undefined) return;
  if (!optional && value === undefined && backfill === undefined) {
    throw new UsageError(
      `the field "${name}" is new in the table "${table}", whose rows have no value for it; make it optional (${name}:${writtenType(field)}:optional)`,
    );
  }
  if (unique && value !== undefined)
    throw new UsageError(
      `the field "${name}" cannot be unique, since the rows of the table "${table}" would all get its default`,
    );
}

function refuseChange(table: Table, column: Field): void {
  const field = table.fields.find(({ name }) => name === column.name);
  if (!field) return;
  if (field.renames !== undefined || table.leaving.some(({ name }) => name === field.name))
    throw new UsageError(
      `the table "${table.name}" still has a column "${field.name}" of an earlier release; choose another name, or drop the column first`,
    );
  if (table.definition(plain(field)).text !== table.definition(plain(column)).text) {
    throw new UsageError(
      `the field "${field.name}" is ${writtenType(column)} in the table "${table.name}" and cannot become ${writtenType(field)}; ` +
        `give the new field another name, or ${ownMigration(table.name)}`,
    );
  }
  if (!isIndexedAs(column, field) && (column.unique || column.index))
    throw new UsageError(noIndex(table.name, field.name));
  if (column.optional && !field.optional && field.backfill === undefined) {
    throw new UsageError(
      `the field "${field.name}" cannot become required: rows of the table "${table.name}" may have no value for it. ` +
        `Leave it optional, or ${ownMigration(table.name)}`,
    );
  }
}

/** The field without the constraints that the other checks compare. */
const plain = ({ default: _default, backfill: _backfill, renames: _renames, ...field }: Field): Field => ({
  ...field,
  optional: true,
  unique: false,
  index: false,
});

const noIndex = (table: string, field: string) =>
  `the generator does not remove or replace an index of the existing table "${table}" (field "${field}"). ` +
  `Leave "unique" and "index" of the field as they are, or ${ownMigration(table)}`;
