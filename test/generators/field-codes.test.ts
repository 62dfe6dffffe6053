import assert from 'node:assert/strict';
import joi from 'joi';
import { fieldCode, tolerantJoi, tolerantSchema } from '../../generators/service/fields/codes.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import * as runtime from '../../src/runtime/index.ts';
import { everyType } from '../support/every-type.ts';

/** Evaluates the source text of a schema. */
const schemaOf = (source: string): joi.Schema => {
  const exported = new Map(Object.entries(runtime));
  const names = [...exported.keys()];
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function('joi', ...names, `return (${source});`) as (...values: unknown[]) => joi.Schema;
  return make(joi, ...exported.values());
};

describe('the code of a field', () => {
  for (const [, type] of everyType) {
    it(`of the type ${type} has the JSON Schema that the runtime writes, and a value that the runtime refuses`, () => {
      const [field] = parseFields(`a:${type}`);
      assert.ok(field);
      const { joi: source, schema, bad } = fieldCode(field);
      assert.deepEqual(runtime.toJsonSchema(schemaOf(source.text)), schema);
      assert.deepEqual(runtime.toJsonSchema(schemaOf(tolerantJoi(field).text)), tolerantSchema(field));
      // oxlint-disable-next-line typescript/no-implied-eval
      const value: unknown = new Function(`return (${bad.text});`)();
      const strict = schemaOf(`${source.text}${type === 'json' ? '.invalid(null)' : '.strict()'}`);
      assert.equal(strict.validate(value, { abortEarly: false }).error?.details.length, 1);
    });
  }
});
