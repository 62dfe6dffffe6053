import type { Code } from '../../rendering/code.ts';
import type { Field } from '../model/answers.ts';
import { fieldCodes } from '../model/fields.ts';
import { columnName } from '../model/names.ts';
import type { ServiceView } from '../model/view.ts';

/** A table that generated code reads and writes, with the fields that it keeps there. */
export interface Table {
  name: string;
  fields: Field[];
  /** Source text of a field's column, up to its constraints. */
  column: (field: Field) => Code;
}

const resourceColumn = ({ name, type }: Field) => fieldCodes[type].column(columnName(name));

/** A copy sets no limit to a text: its producer may widen one. */
export const copyColumn = ({ name, type }: Field): Code =>
  fieldCodes[type === 'string' ? 'text' : type].column(columnName(name));

/** The tables of a service's resources and copies. */
export const tablesOf = ({ resources, copies }: Pick<ServiceView, 'resources' | 'copies'>): Table[] => [
  ...resources.map(({ table, fields }) => ({ name: table, fields, column: resourceColumn })),
  ...copies.map(({ table, fields }) => ({ name: table, fields, column: copyColumn })),
];
