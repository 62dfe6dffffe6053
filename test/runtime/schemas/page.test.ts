import assert from 'node:assert/strict';
import { pageQuerySchema, toPage } from '../../../src/runtime/schemas/page.ts';

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, at: `2026-01-0${n + 1}T00:00:00.000Z` }));
const pageOf = (count: number, limit: number) => toPage(rows(count), limit, ({ at }) => at);
const read = (query: object) => pageQuerySchema.validate(query);

describe('pages of a list', () => {
  it('the next of a page leads to the position of its last item', () => {
    const { items, next } = pageOf(3, 2);
    assert.deepEqual(
      items.map(({ id }) => id),
      ['id-0', 'id-1'],
    );
    assert.deepEqual(read({ after: next }).value, { limit: 20, after: ['2026-01-02T00:00:00.000Z', 'id-1'] });
  });

  it('the last page has no next', () => {
    assert.equal(pageOf(2, 2).next, null);
    assert.deepEqual(pageOf(0, 2), { items: [], next: null });
  });

  it('a position that no page gave is refused', () => {
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const after of [
      'x',
      '1',
      forged({}),
      forged(['now', 'id']),
      forged(['2026-01-01']),
      forged([1, 2]),
    ]) {
      assert.match(read({ after }).error?.message ?? '', /must be the "next" of an earlier page/, after);
    }
  });

  it('a page has 1 to 100 items', () => {
    for (const limit of [0, 101, 1.5, 'all']) assert.ok(read({ limit }).error, String(limit));
    assert.equal(read({ limit: '100' }).value?.limit, 100);
  });
});
