import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pageQuerySchema, toPage } from '../../../src/runtime/schemas/page.ts';

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, at: `2026-01-0${n + 1}T00:00:00.000Z` }));
const pageOf = (count: number, limit: number) => toPage(rows(count), limit, ({ at }) => at);
const read = (query: object) => pageQuerySchema.validate(query);

describe('pages of a list', () => {
  it('`next` of a page leads to the position of its last item', () => {
    const { items, next } = pageOf(3, 2);
    assert.deepEqual(
      items.map(({ id }) => id),
      ['id-0', 'id-1'],
    );
    assert.deepEqual(read({ after: next }).value, { limit: 20, after: ['2026-01-02T00:00:00.000Z', 'id-1'] });
  });

  it('the last page has no `next`', () => {
    assert.equal(pageOf(2, 2).next, null);
    assert.deepEqual(pageOf(0, 2), { items: [], next: null });
  });

  const sized = (sizes: number[]) =>
    sizes.map((size, n) => ({
      id: String(n).padStart(3, '0'),
      at: '2026-01-01T00:00:00.000Z',
      text: 'é'.repeat(size),
    }));

  it('a page ends before its items exceed 4 MiB, and has at least one item', () => {
    const mebibyte = 2 ** 19 - 100; // a character of two bytes
    const at = (row: { at: string }) => row.at;
    const cut = toPage(sized(Array<number>(10).fill(mebibyte)), 100, at);
    assert.equal(cut.items.length, 4);
    assert.deepEqual(read({ after: cut.next }).value?.after, ['2026-01-01T00:00:00.000Z', '003']);
    const huge = toPage(sized([5 * mebibyte, 1]), 100, at);
    assert.deepEqual([huge.items.length, huge.next !== null], [1, true]);
    assert.equal(toPage(sized([5 * mebibyte]), 100, at).next, null);
    assert.equal(toPage(sized([mebibyte, mebibyte, 1]), 2, at).items.length, 2);
  });

  it('a page is limited by the bytes of its JSON, for any values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '\u0000\u001f',
        '"\\\n',
        '\ud800',
        'é😀',
        null,
        true,
        -1.234567890123456e-7,
        Number.MIN_VALUE,
      ),
      fc.double({ noNaN: true }),
      fc.jsonValue({ maxDepth: 2 }),
      fc.date({ noInvalidDate: true }),
    );
    const item = fc.dictionary(fc.string({ unit: 'binary', maxLength: 8 }), value, { maxKeys: 4 });
    /** The rule, without an estimate. */
    const expected = (items: object[], bytes: number) => {
      let count = items.length;
      while (count > 1 && Buffer.byteLength(JSON.stringify(items.slice(0, count))) - 2 > bytes) count -= 1;
      return items.slice(0, count);
    };
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), fc.nat(1_500), (values, bytes) => {
        const items = values.map((each, n) => ({ ...each, id: String(n), at: '2026-01-01' }));
        assert.deepEqual(toPage(items, 10, ({ at }) => at, bytes).items, expected(items, bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('the pages of a list have each of its items once, however large they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { maxLength: 20 }),
        fc.nat(1_000),
        fc.integer({ min: 1, max: 7 }),
        (sizes, bytes, limit) => {
          const all = sized(sizes);
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const left = all.filter(({ id }) => after === undefined || id > after).slice(0, limit + 1);
            const { items, next } = toPage(left, limit, ({ at }) => at, bytes);
            assert.ok(items.length > 0 || all.length === 0);
            assert.ok(items.length === 1 || Buffer.byteLength(JSON.stringify(items)) <= bytes + 2);
            seen.push(...items.map(({ id }) => id));
            after = next === null ? undefined : read({ after: next }).value?.after?.[1];
          } while (after !== undefined);
          assert.deepEqual(
            seen,
            all.map(({ id }) => id),
          );
        },
      ),
    );
  });

  it('a position that no page returned is refused', () => {
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const after of [
      'x',
      '1',
      forged({}),
      forged(['now', 'id']),
      forged(['2026-01-01']),
      forged([1, 2]),
    ]) {
      assert.match(
        read({ after }).error?.message ?? '',
        /must be the "next" value of an earlier page/,
        after,
      );
    }
  });

  it('a page has 1 to 100 items', () => {
    for (const limit of [0, 101, 1.5, 'all']) assert.ok(read({ limit }).error, String(limit));
    assert.equal(read({ limit: '100' }).value?.limit, 100);
  });
});
