import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inexactNumbers } from '../../../src/runtime/schemas/json-numbers.ts';

const placesIn = (text: string) => inexactNumbers(text, 20).map(({ path }) => path.join('.'));

// RFC 7493 (I-JSON), section 2.2
describe('inexactNumbers', () => {
  it('finds every integer whose digits a double loses, and no other', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (integer) => {
        const isKept = BigInt(String(Number(integer))) === integer;
        assert.deepEqual(placesIn(`{"a":[0,${integer}]}`), isKept ? [] : ['a.1']);
      }),
    ));

  it('finds no number that JSON.stringify wrote', () =>
    fc.assert(fc.property(fc.json(), (json) => assert.deepEqual(placesIn(json), []))));

  it('finds no fraction that was written with 17 digits', () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }), (double) =>
        assert.deepEqual(placesIn(`[${double.toPrecision(17)}]`), []),
      ),
    ));

  it('names the place of a number in any text', () =>
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 5 }),
        fc.jsonValue(),
        (names, neighbor) => {
          const beside = JSON.stringify(neighbor);
          const text = names.reduceRight(
            (inner, name) => `{"":${beside}, ${JSON.stringify(name || 'x')} : [${beside},${inner}]}`,
            '3.141592653589793238462643383279',
          );
          assert.deepEqual(placesIn(text), [names.map((name) => `${name || 'x'}.1`).join('.')]);
        },
      ),
    ));
});
