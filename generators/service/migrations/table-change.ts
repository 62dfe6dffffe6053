import { UsageError } from '../../core/usage-error.ts';
import type { Field } from '../model/answers.ts';
import { writtenType } from '../model/field-form.ts';
import type { Table } from './tables.ts';

/** The change of an existing table for the code of this run. Columns are never dropped. */
export interface TableChange {
  added: Field[];
  /** Columns that become nullable. */
  loosened: Field[];
  /** The columns of the table afterwards. */
  columns: Field[];
}

/** Throws a UsageError for a change that existing rows may prevent. */
export function changeOf(table: Table, columns: Field[]): TableChange {
  const { name, fields } = table;
  const added = fields.filter((field) => !columns.some((column) => column.name === field.name));
  for (const field of added) refuseAddition(name, field);
  for (const column of columns) refuseChange(table, column);
  const loosened = columns.filter((column) => !column.optional && isLoose(fields, column));
  const kept = columns.map((column) => (loosened.includes(column) ? { ...column, optional: true } : column));
  return { added, loosened, columns: [...kept, ...added] };
}

const isLoose = (fields: Field[], column: Field) =>
  fields.find(({ name }) => name === column.name)?.optional ?? true;

const ownMigration = (table: string) =>
  `change the table in your own migration, then change the entry "${table}" under "tables" in .yo-rc.json`;

function refuseAddition(table: string, field: Field): void {
  const { name, optional, unique, index } = field;
  if (!optional) {
    throw new UsageError(
      `the field "${name}" is new in the table "${table}", whose rows have no value for it; make it optional (${name}:${writtenType(field)}:optional)`,
    );
  }
  if (unique || index) throw new UsageError(noIndex(table, name));
}

function refuseChange(table: Table, column: Field): void {
  const field = table.fields.find(({ name }) => name === column.name);
  if (!field) return;
  if (table.definition(plain(field)).text !== table.definition(plain(column)).text) {
    throw new UsageError(
      `the field "${field.name}" is ${writtenType(column)} in the table "${table.name}" and cannot become ${writtenType(field)}; ` +
        `give the new field another name, or ${ownMigration(table.name)}`,
    );
  }
  if (field.unique !== column.unique || field.index !== column.index)
    throw new UsageError(noIndex(table.name, field.name));
  if (column.optional && !field.optional) {
    throw new UsageError(
      `the field "${field.name}" cannot become required: rows of the table "${table.name}" may have no value for it. ` +
        `Leave it optional, or ${ownMigration(table.name)}`,
    );
  }
}

/** The field without the constraints that the other checks compare. */
const plain = ({ default: _default, ...field }: Field): Field => ({
  ...field,
  optional: true,
  unique: false,
  index: false,
});

const noIndex = (table: string, field: string) =>
  `the generator does not change the indexes of the existing table "${table}" (field "${field}"), since building an index locks the table. ` +
  `Leave "unique" and "index" of the field as they are, or ${ownMigration(table)}`;
