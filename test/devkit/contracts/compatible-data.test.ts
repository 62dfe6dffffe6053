import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { type Use, verdictOn } from '../../../src/devkit/contracts/rules.ts';
import { compareSchemas } from '../../../src/devkit/contracts/schema/compare.ts';
import { anyData, anySchema, changed, type SomeSchema } from './any-schema.ts';

const ajv = new Ajv2020({ strict: false, allErrors: false });
const accepts = (schema: SomeSchema, data: unknown): boolean => ajv.validate(schema, data);

/** A schema, a changed copy of it, and data of both. */
const anyChange = fc
  .record({
    base: anySchema,
    choices: fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }),
    count: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ base, choices, count }) => ({ base, head: changed(base, choices, count) }))
  .chain(({ base, head }) =>
    fc.record({
      base: fc.constant(base),
      head: fc.constant(head),
      ofBase: fc.array(anyData(base), { minLength: 4, maxLength: 4 }),
      ofHead: fc.array(anyData(head), { minLength: 4, maxLength: 4 }),
    }),
  );

describe('a change of a schema that passes', function () {
  this.timeout(60_000);

  const check = (use: Use, passes: readonly string[], claim: (change: Claimed) => void) => {
    let passed = 0;
    fc.assert(
      fc.property(anyChange, (change) => {
        const located = (schema: SomeSchema) => ({ document: schema, schema });
        const found = compareSchemas(located(change.base), located(change.head));
        if (!found.every(({ rule }) => passes.includes(verdictOn(rule, use)))) return;
        passed += 1;
        claim(change);
      }),
      { numRuns: 500 },
    );
    assert.ok(passed > 50, `only ${passed} of 500 changes passed`);
  };
  const fits = (schema: SomeSchema, all: readonly unknown[]) => {
    for (const data of all)
      assert.ok(accepts(schema, data), `${JSON.stringify(data)} does not fit ${JSON.stringify(schema)}`);
  };

  it('keeps the old events in Kafka valid for the new schema', () =>
    check('event', ['ok', 'warning'], ({ head, ofBase }) => fits(head, ofBase)));

  it('keeps new events valid for the old schema, if it has no warning', () =>
    check('event', ['ok'], ({ base, ofHead }) => fits(base, ofHead)));

  it('keeps requests of old clients valid', () =>
    check('request', ['ok', 'warning'], ({ head, ofBase }) => fits(head, ofBase)));

  it('keeps responses valid for old clients, if it has no warning', () =>
    check('response', ['ok'], ({ base, ofHead }) => fits(base, ofHead)));

  it('is one of a producer whose events are valid for the schema of a consumer', () =>
    check('consumer', ['ok', 'warning'], ({ base, ofHead }) => fits(base, ofHead)));
});

interface Claimed {
  base: SomeSchema;
  head: SomeSchema;
  ofBase: unknown[];
  ofHead: unknown[];
}
