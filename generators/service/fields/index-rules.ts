import type { Field } from '../model/answers.ts';

/**
 * An index row of PostgreSQL has at most 2,704 bytes: a character takes up to 4 of them, and an index for sorting has the id too.
 * https://www.postgresql.org/docs/18/btree.html
 */
const LONGEST_INDEXED = 600;
/** Tests and seeds create more rows than this. */
const FEWEST_VALUES = 1_000;

/** Returns the reason why a field cannot have its index; undefined if it can. */
export function indexFault(field: Field): string | undefined {
  const { name, type, unique, index } = field;
  if (!unique && !index) return undefined;
  if (type === 'text' || type === 'json' || (field.length ?? 0) > LONGEST_INDEXED)
    return `the field "${name}" cannot be unique or indexed, since values of type ${type} can be too large for an index; use string, or string(n) with at most ${LONGEST_INDEXED} characters`;
  if (unique && type === 'boolean')
    return `the field "${name}" cannot be unique, since a boolean allows only two rows`;
  if (unique && numberOfValues(field) < FEWEST_VALUES)
    return `the field "${name}" cannot be unique, since its type has only few values, and each allows only one row`;
  return undefined;
}

/** A lower bound of the number of values that a type has. */
function numberOfValues({ values, digits, length }: Field): number {
  if (values) return values.length;
  if (digits) return 10 ** digits.precision;
  return length === undefined ? Infinity : 36 ** length;
}
