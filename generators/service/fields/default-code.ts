import { code, list, type Code } from '../../rendering/code.ts';
import { json, text } from '../../rendering/writers.ts';
import type { Field } from '../model/answers.ts';

/** Returns source text of the default of a field in a schema. */
export const schemaDefault = ({ default: value }: Field): Code => literal(value);

/** Returns source text of the default of a field's column. */
export const columnDefault = ({ type, default: value }: Field): Code =>
  type === 'json' ? text(JSON.stringify(value)) : literal(value);

/** Returns a literal for a JSON value, as prettier formats it. */
function literal(value: unknown): Code {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return code`[${list(value.map(literal))}]`;
  if (typeof value !== 'object' || value === null) return json(value);
  const members = Object.entries(value).map(([key, member]) => code`${keyOf(key)}: ${literal(member)}`);
  return members.length === 0 ? code`{}` : code`{ ${list(members)} }`;
}

const keyOf = (key: string): Code => (/^[A-Za-z_]\w*$/.test(key) ? code`${key}` : text(key));
