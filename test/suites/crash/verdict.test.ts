import assert from 'node:assert/strict';
import { judge } from './verdict.ts';

describe('judge', () => {
  const expected = { a: [1, 2, 3], b: [1] };
  const flawless = { lost: 0, outOfOrder: 0, handledTwice: 0 };

  it('finds nothing where each revision was handled once and in order', () => {
    assert.deepEqual(judge(expected, { a: [1, 2, 3], b: [1] }), flawless);
  });

  it('counts what is missing', () => {
    assert.deepEqual(judge(expected, { a: [1, 3] }), { ...flawless, lost: 2 });
  });

  it('counts what came late', () => {
    assert.deepEqual(judge(expected, { a: [2, 1, 3], b: [1] }), { ...flawless, outOfOrder: 1 });
  });

  it('counts what was handled twice', () => {
    assert.deepEqual(judge(expected, { a: [1, 2, 1, 3], b: [1, 1] }), { ...flawless, handledTwice: 2 });
  });
});
