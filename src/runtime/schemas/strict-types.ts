import type joi from 'joi';

/**
 * Returns the same schema without coercion, for values from JSON: as in JSON Schema, and so in the document of a route,
 * `"true"` is not a boolean and `"1"` is not a number. Conversions of text stay (`trim`, `lowercase`), and a date is read
 * from text, since JSON has no dates. A `prefs({ convert: true })` on a number, boolean or date keeps its coercion.
 */
export function withStrictTypes(schema: joi.Schema): joi.Schema {
  const strict = modified(schema, withStrictTypes);
  if (isCoercing(strict)) return strict;
  if (strict.type === 'date') return strict.custom(onlyText);
  return strict.type === 'number' || strict.type === 'boolean' ? strict.strict() : strict;
}

/**
 * Returns the schema with each of its parts replaced. joi documents `$_modify` for extensions; its types declare `each` as a
 * flag.
 */
export function modified(schema: joi.Schema, each: (part: joi.Schema) => joi.Schema): joi.Schema {
  const options = { each, ref: false } as unknown as joi.ModifyOptions;
  const result = schema.$_modify(options);
  return result === schema ? schema : (result.$_mutateRebuild() as joi.Schema);
}

const isCoercing = (schema: joi.Schema): boolean =>
  (schema.describe() as { preferences?: joi.ValidationOptions }).preferences?.convert === true;

const onlyText: joi.CustomValidator = (value: unknown, helpers) =>
  typeof helpers.original === 'string' ? value : helpers.error('date.base');
