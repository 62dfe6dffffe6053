import assert from 'node:assert/strict';
import { foldOf, judgeRebuild, rebuildFaults, type RebuildHistory, type Row } from './verdict.ts';

const sent = [1, 2, 3].flatMap((sequence) =>
  ['a', 'b'].map((account) => ({ account, sequence, amount: sequence * 10 })),
);
const rows = (): Row[] => [...foldOf(sent).values()];
const history = (changes: Partial<RebuildHistory> = {}): RebuildHistory => ({
  ...{ sent, seen: [] },
  versions: new Map([
    [1, rows()],
    [2, rows()],
  ]),
  ...changes,
});
const faults = (changes: Partial<RebuildHistory>): string[] => rebuildFaults(judgeRebuild(history(changes)));

describe('judgeRebuild', () => {
  it('finds no fault if both versions equal the fold and no row went backward', () => {
    const seen = [1, 1, 3].map((changes) => ({ reader: 1, version: 1, id: 'a', changes }));
    assert.deepEqual(faults({ seen, sent: sent.toReversed() }), []);
  });

  it('counts rows with a change too many, in another order, missing or unexpected, in any version', () => {
    const [a, b] = rows();
    assert.ok(a && b);
    const swapped = foldOf([
      { account: 'a', sequence: 1, amount: 20 },
      { account: 'a', sequence: 2, amount: 10 },
      { account: 'a', sequence: 3, amount: 30 },
    ]).get('a');
    assert.ok(swapped);
    assert.deepEqual([swapped.changes, swapped.total], [a.changes, a.total]);
    const wrong: [Row[], number][] = [
      [[{ ...a, changes: 4 }, b], 1],
      [[{ ...a, total: 0 }, b], 1],
      [[swapped, b], 1],
      [[b], 1],
      [[a, b, { ...b, id: 'c' }], 1],
    ];
    for (const [of, count] of wrong) {
      assert.deepEqual(faults({ versions: new Map([[2, of]]) }), [`different: ${count}`]);
      assert.deepEqual(
        faults({
          versions: new Map([
            [1, of],
            [2, rows()],
          ]),
        }),
        [`different: ${count}`],
      );
    }
  });

  it('counts reads that saw fewer changes than an earlier one of the same reader and row', () => {
    const of = (reader: number, id: string, changes: number) => ({ reader, version: 1, id, changes });
    assert.deepEqual(faults({ seen: [of(1, 'a', 3), of(2, 'a', 2), of(1, 'b', 1), of(1, 'a', 3)] }), []);
    assert.deepEqual(faults({ seen: [of(1, 'a', 3), of(1, 'a', 2), of(1, 'a', 2)] }), ['backward: 2']);
  });

  it('counts accounts with gaps in their committed changes', () => {
    assert.equal(judgeRebuild(history({ sent: sent.filter(({ sequence }) => sequence !== 2) })).gaps, 2);
  });
});
