import type { Code } from '../../rendering/code.ts';
import { jsonLiteral, text } from '../../rendering/writers.ts';
import type { Field } from '../model/answers.ts';

/** Returns source text of the default of a field in a schema. */
export const schemaDefault = ({ default: value }: Field): Code => jsonLiteral(value);

/** Returns source text of the default of a field's column. */
export const columnDefault = ({ type, default: value }: Field): Code =>
  type === 'json' ? text(JSON.stringify(value)) : jsonLiteral(value);
