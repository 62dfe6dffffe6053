import type joi from 'joi';

/**
 * One schema of the right kind for each field of `Item`: `joi.object<User>({ ... } satisfies FieldSchemas<User>)` does not compile
 * if a schema is missing or superfluous. joi's own StrictSchemaMap does not support fields of type `unknown`.
 */
export type FieldSchemas<Item> = {
  [Field in keyof Item]-?: unknown extends Item[Field] ? joi.Schema : joi.ObjectPropertiesSchema<Item[Field]>;
};
