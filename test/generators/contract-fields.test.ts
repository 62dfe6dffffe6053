import assert from 'node:assert/strict';
import joi from 'joi';
import { stateOf } from '../../generators/service/contracts/async-api.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { toJsonSchema } from '../../src/runtime/index.ts';

describe('an optional field in a generated contract', () => {
  const schemas: Record<string, joi.Schema> = {
    'level:enum(a|b)': joi.string().valid('a', 'b'),
    'active:boolean': joi.boolean(),
    'count:integer': joi.number().integer(),
  };
  for (const [text, schema] of Object.entries(schemas)) {
    it(`can be null as in the runtime: ${text}`, () => {
      const [field] = parseFields(`${text}:optional`);
      assert.ok(field);
      const { enum: values, type } = toJsonSchema(schema.allow(null)) as Record<string, unknown>;
      const written = stateOf(field) as Record<string, unknown>;
      assert.deepEqual([written['enum'], written['type']], [values, type]);
    });
  }
});
