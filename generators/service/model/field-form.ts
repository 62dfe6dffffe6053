import type { Field } from './answers.ts';

/** Returns the type of a field with its arguments, as `--fields` states it: `decimal(10,2)`. */
export function writtenType({ type, length, digits, values, target }: Field): string {
  if (length !== undefined) return `${type}(${length})`;
  if (digits) return `${type}(${digits.precision},${digits.scale})`;
  if (values) return `${type}(${values.join('|')})`;
  return target === undefined ? type : `${type}(${target})`;
}

/** Reports whether the column of a field has an index. */
export const isIndexed = ({ unique, index, type }: Field): boolean => unique || index || type === 'reference';

/** Reports whether a field has an index on it and the id, by which a list is sorted. A unique index needs no id. */
export const isSorted = (field: Field): boolean => isIndexed(field) && !field.unique;

/** The other parameters of a list, after which no filter can be named. */
const parameters = ['limit', 'sort', 'after'];

/** Reports whether clients can filter and sort a list by a field. */
export const isListKey = (field: Field): boolean =>
  isIndexed(field) && !field.secret && !parameters.includes(field.name);

/** Reports whether only the name of a field prevents that clients filter and sort a list by it. */
export const isNamedAsParameter = (field: Field): boolean =>
  isIndexed(field) && !field.secret && parameters.includes(field.name);

/** Reports whether a row can be created without a value of the field. */
export const mayBeAbsent = (field: Field): boolean => field.optional || field.default !== undefined;
