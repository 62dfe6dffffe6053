import assert from 'node:assert/strict';
import { type Use, verdictOn } from '../../../src/devkit/contracts/rules.ts';
import { compareSchemas } from '../../../src/devkit/contracts/schema/compare.ts';
import { schemaChanges } from './schema-changes.ts';

const uses: Use[] = ['event', 'response', 'request', 'consumer'];
const order = ['ok', 'warning', 'error'] as const;

describe('a change of a schema', () => {
  it(`is in a table of at least 80 changes, each with its reason`, () => {
    assert.ok(schemaChanges.length >= 80, `${schemaChanges.length}`);
    const titles = schemaChanges.map(({ title }) => title);
    assert.equal(new Set(titles).size, titles.length);
    for (const { reason } of schemaChanges) assert.match(reason, /^(Core|Validation|OpenAPI|oasdiff) /);
  });

  it('is not found in a copy of a schema', () => {
    for (const schema of schemaChanges.flatMap(({ base, head }) => [base, head])) {
      const copy: unknown = structuredClone(schema);
      assert.deepEqual(compareSchemas({ document: schema, schema }, { document: copy, schema: copy }), []);
    }
  });

  for (const { title, base, head, verdicts, reason } of schemaChanges) {
    it(`${title}: ${verdicts.join(', ')}`, () => {
      const changes = compareSchemas({ document: base, schema: base }, { document: head, schema: head });
      const found = uses.map((use) => worst(changes.map(({ rule }) => verdictOn(rule, use))));
      assert.deepEqual(found, verdicts, `${reason}\n${JSON.stringify(changes, null, 2)}`);
    });
  }
});

const worst = (verdicts: (typeof order)[number][]) =>
  verdicts.reduce((one, other) => (order.indexOf(other) > order.indexOf(one) ? other : one), 'ok');
