import type joi from 'joi';

/** The names of an object schema's keys, in their order. They are the columns of rows that the schema describes. */
export const keysOf = <Item>(schema: joi.ObjectSchema<Item>): (keyof Item & string)[] =>
  Object.keys(Object(schema.describe()['keys'])) as (keyof Item & string)[];
