import type { Code } from '../../rendering/code.ts';
import type { Field } from '../model/answers.ts';
import { fieldCodes } from '../model/fields.ts';
import { columnName } from '../model/names.ts';
import type { ServiceView } from '../model/view.ts';

/** A table that generated code reads and writes, with its fields. */
export interface Table {
  name: string;
  fields: Field[];
  /** Source text of a field's column, without its constraints. */
  column: (field: Field) => Code;
}

const resourceColumn = ({ name, type }: Field) => fieldCodes[type].column(columnName(name));

/** A copy does not limit a text, since its producer may raise the limit. */
export const copyColumn = ({ name, type }: Field): Code =>
  fieldCodes[type === 'string' ? 'text' : type].column(columnName(name));

/** The tables of a service's resources and copies. */
export const tablesOf = ({ resources, copies }: Pick<ServiceView, 'resources' | 'copies'>): Table[] => [
  ...resources.map(({ table, fields }) => ({ name: table, fields, column: resourceColumn })),
  ...copies.map(({ table, fields }) => ({ name: table, fields, column: copyColumn })),
];
