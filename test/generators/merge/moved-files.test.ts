import assert from 'node:assert/strict';
import { type Files, merge, mine, newer, old, outcome } from './files-fixture.ts';

describe('a file that the templates moved', () => {
  const moves = [
    { from: 'a', to: 'b', since: '0.3.0' },
    { from: 'b', to: 'c', since: '0.4.0' },
  ];
  const versions = { before: '0.2.0', now: '0.4.0' };

  it('takes the edits of the owner along, over several versions', async () => {
    const result = await merge({ a: old }, { a: mine }, { c: newer }, { moves, versions });
    assert.deepEqual(result.outcomes, [
      { file: 'c', effect: 'merged', why: 'moved', text: 'mine\none\ntwo\nthree\nfour\n', from: 'a' },
    ]);
    assert.deepEqual([...result.base], [['c', newer]]);
  });

  it('is written at its new path if only the path changed', async () => {
    assert.deepEqual(await outcome({ a: old }, { a: old }, { b: old }, { moves }), {
      file: 'b',
      effect: 'written',
      why: 'moved',
      text: old,
      from: 'a',
    });
    assert.deepEqual(await outcome({ a: old }, { a: mine }, { b: old }, { moves }), {
      file: 'b',
      effect: 'merged',
      why: 'moved',
      text: mine,
      from: 'a',
    });
  });

  it('stays deleted', async () => {
    assert.deepEqual(await outcome({ a: old }, {}, { b: newer }, { moves }), {
      file: 'b',
      effect: 'left',
      why: 'deleted',
    });
  });

  it('is merged where the owner has moved it already', async () => {
    assert.deepEqual(await outcome({ a: old }, { b: mine }, { b: newer }, { moves }), {
      file: 'b',
      effect: 'merged',
      text: 'mine\none\ntwo\nthree\nfour\n',
    });
  });

  it('does not replace a file of the owner at the new path', async () => {
    const { outcomes } = await merge({ a: old }, { a: mine, b: 'own\n' }, { b: newer }, { moves });
    assert.deepEqual(
      outcomes.map(({ file: path, effect, why }) => [path, effect, why]),
      [
        ['a', 'left', 'yours now'],
        ['b', 'conflict', undefined],
      ],
    );
  });

  it('does not move for a base that is as new as the move', async () => {
    for (const now of ['0.3.0', '0.4.0']) {
      const { outcomes } = await merge(
        { a: old },
        { a: mine },
        { b: newer },
        { moves, versions: { before: '0.3.0', now } },
      );
      assert.deepEqual(
        outcomes.map(({ effect }) => effect),
        ['left', 'written'],
      );
    }
  });
});

describe('a file that the owner renamed', () => {
  it('is suggested, and nothing acts on it', async () => {
    const { outcomes, renames } = await merge(
      { a: old },
      { other: 'else\n', mine: `${old}mine\n` },
      { a: newer },
    );
    assert.deepEqual(outcomes, [{ file: 'a', effect: 'left', why: 'deleted' }]);
    assert.deepEqual(
      renames.map(({ from, to }) => [from, to]),
      [['a', 'mine']],
    );
  });

  it('is not suggested if its generated text is the same, or the templates dropped it', async () => {
    for (const next of [{ a: old }, {}] as Files[])
      assert.deepEqual((await merge({ a: old }, { mine: old }, next)).renames, []);
  });

  it('is not suggested below 60 % equal lines', async () => {
    const { renames } = await merge({ a: old }, { mine: 'one\nx\ny\nz\n' }, { a: newer });
    assert.deepEqual(renames, []);
  });
});
