import type joi from 'joi';

/**
 * One schema of the right kind for each field of `Item`: `joi.object<User>({ ... } satisfies FieldSchemas<User>)` does not compile
 * without one, and neither with one too many. It is joi's StrictSchemaMap, which has no place for a field of type `unknown`.
 */
export type FieldSchemas<Item> = {
  [Field in keyof Item]-?: unknown extends Item[Field] ? joi.Schema : joi.ObjectPropertiesSchema<Item[Field]>;
};
