import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonFaults, MAX_FAULTS } from '../../../src/runtime/schemas/json-faults.ts';

const nested = (levels: number, inner: unknown): unknown =>
  levels === 0 ? inner : { ['p'.repeat(100)]: nested(levels - 1, inner) };

/** The characters of all texts that `Array.prototype.join` joins while `work` runs. */
function joined(work: () => unknown): number {
  const join: typeof Array.prototype.join = Reflect.get(Array.prototype, 'join');
  let characters = 0;
  Reflect.set(Array.prototype, 'join', function counted(this: unknown[], separator?: string) {
    const text = join.call(this, separator);
    characters += text.length;
    return text;
  });
  try {
    work();
  } finally {
    Reflect.set(Array.prototype, 'join', join);
  }
  return characters;
}

describe('jsonFaults', () => {
  const names = (count: number, character: (at: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}${character(at)}`, at]));

  it('stops at the limit of reported faults, whatever the property names', () => {
    const text = fc.constantFrom('a', '\0', '\ud800', 'b\0', '\0\ud800');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, text, tie('list'), tie('fields')),
      list: fc.array(tie('value'), { maxLength: 40 }),
      fields: fc.dictionary(fc.tuple(text, fc.nat(99)).map(String), tie('value'), { maxKeys: 40 }),
    }));
    fc.assert(
      fc.property(value, (each) => {
        assert.ok(jsonFaults(each).length <= MAX_FAULTS);
      }),
      { examples: [[names(40, (at) => (at % 2 ? '\0' : '\ud800'))]] },
    );
  });

  it('takes time proportional to the length of the value, however long its paths are', () => {
    for (const character of [() => '\0', (at: number) => (at % 2 ? '\0' : '\ud800')])
      assert.ok(joined(() => jsonFaults(nested(90, names(500, character)))) < 50_000);
  });

  it('reports one fault of an object with many invalid names of one kind', () => {
    const message = 'must not have a property whose name contains the character U+0000';
    assert.deepEqual(jsonFaults({ a: names(3, () => '\0'), b: names(3, () => '\0') }), [
      { path: ['a'], message },
      { path: ['b'], message },
    ]);
  });
});
