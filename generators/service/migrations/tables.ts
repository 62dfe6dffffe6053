import { code, list, type Code } from '../../rendering/code.ts';
import { text } from '../../rendering/writers.ts';
import { columnDefault } from '../fields/default-code.ts';
import type { Field, LeavingField } from '../model/answers.ts';
import { fieldCode, tolerantColumn } from '../fields/codes.ts';
import { checkConstraint, columnName, resourceNames } from '../model/names.ts';
import type { ServiceView } from '../view/service-view.ts';

/** A table that generated code reads and writes, with its fields. */
export interface Table {
  name: string;
  fields: Field[];
  /** Source text of a field's column, without its constraints. */
  column: (field: Field) => Code;
  /** Source text of a field's column with its constraints. */
  definition: (field: Field) => Code;
  /** The columns that the code no longer uses, and which a later run drops. */
  leaving: LeavingField[];
  /** Those that this run drops. */
  dropped: LeavingField[];
}

const resourceColumn = (field: Field) => fieldCode(field).column(columnName(field.name));

/** A copy does not limit a text, since its producer may raise the limit. */
export const copyColumn = (field: Field): Code => tolerantColumn(field, columnName(field.name));

/** Returns source text of a field's column with its constraints, in the migration that creates the table. */
export const tableColumn = (table: string, field: Field): Code => {
  const { name, optional, unique, target, values, default: value } = field;
  return list(
    [
      resourceColumn(field),
      ...(optional ? [] : [code`.notNullable()`]),
      ...(value === undefined ? [] : [code`.defaultTo(${columnDefault(field)})`]),
      ...(unique ? [code`.unique()`] : []),
      ...(target === undefined
        ? []
        : [code`.references('id').inTable('${resourceNames(target).table}').onDelete('RESTRICT')`]),
      ...(values ? [code`.checkIn([${list(values.map(text))}], ${text(checkConstraint(table, name))})`] : []),
    ],
    code``,
  );
};

/** The tables of a service's resources, copies and projections. */
export const tablesOf = ({
  resources,
  copies,
  projections,
}: Pick<ServiceView, 'resources' | 'copies' | 'projections'>): Table[] => [
  ...resources.map(({ table, fields, leaving, dropped }) => ({
    name: table,
    fields,
    column: resourceColumn,
    definition: (field: Field) => tableColumn(table, field),
    leaving,
    dropped,
  })),
  ...[...copies, ...projections.flatMap(({ versions }) => versions)].map(({ table, fields }) => ({
    ...{ name: table, fields, column: copyColumn, definition: copyColumn },
    ...{ leaving: [], dropped: [] },
  })),
];
