import assert from 'node:assert/strict';
import fc from 'fast-check';
import { diff3 } from '../../../generators/merge/text/diff3.ts';
import { hunksOf } from '../../../generators/merge/text/hunks.ts';
import { isUnresolved, markAll, mergeLines } from '../../../generators/merge/text/markers.ts';
import { bare, dressedAs } from '../../../generators/merge/text/surface.ts';

const labels = { file: 'src/app.ts', before: '0.2.0', now: '0.3.0' };
const merge = (base: string, disk: string, next: string) => mergeLines({ base, next, disk }, labels);
const lines: fc.Arbitrary<string[]> = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 8 });
const texts = fc.record({ base: lines, next: lines, disk: lines });

describe('hunks', () => {
  it('turn the first text into the second one', () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        const result = hunksOf(base, other).reduceRight(
          (all, { start, end, lines: changed }) => all.toSpliced(start, end - start, ...changed),
          base,
        );
        assert.deepEqual(result, other);
      }),
    );
  });

  it('that only add or only delete are as far down as possible, as in git', () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        const hunks = hunksOf(base, other);
        for (const [index, { start, end, lines: added }] of hunks.entries()) {
          const isPure = start === end || added.length === 0;
          const hasRoom = end + 1 < (hunks[index + 1]?.start ?? base.length + 1);
          if (isPure && hasRoom) assert.notEqual(base[end], added[0] ?? base[start]);
        }
      }),
    );
  });

  it('have an unchanged line between each two', () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        const hunks = hunksOf(base, other);
        for (const [index, { end }] of hunks.entries()) {
          const following = hunks[index + 1];
          if (following) assert.ok(end < following.start);
        }
      }),
    );
  });
});

describe('a merge by lines', () => {
  it('keeps changes of both sides that do not touch', () => {
    assert.deepEqual(merge('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n'), { text: 'A\nb\nC\n', conflicts: 0 });
  });

  it('takes a change that both sides made once', () => {
    assert.deepEqual(merge('a\nb\n', 'a\nx\nb\n', 'a\nx\nb\n'), { text: 'a\nx\nb\n', conflicts: 0 });
  });

  it('of neighbors is not a conflict if each line has one successor', () => {
    assert.deepEqual(merge('a\nb\n', 'mine\nb\n', 'a\nc\n'), { text: 'mine\nc\n', conflicts: 0 });
    assert.equal(merge('a\nb\n', 'mine\nmine\nb\n', 'a\nc\n').conflicts, 1);
    assert.equal(merge('a\nb\n', 'b\n', 'a\nc\n').conflicts, 1);
  });

  it('marks a conflict with the words of its three sides', () => {
    assert.deepEqual(merge('a\nb\nc\n', 'a\nmine\nc\n', 'a\ntheirs\nc\n'), {
      text: [
        'a',
        '<<<<<<< yours (src/app.ts)',
        'mine',
        '||||||| generated before (0.2.0)',
        'b',
        '=======',
        'theirs',
        '>>>>>>> generated now (0.3.0)',
        'c\n',
      ].join('\n'),
      conflicts: 1,
    });
  });

  it('marks everything that both sides wrote without a base', () => {
    const { text, conflicts } = merge('', 'mine\n', 'theirs\n');
    assert.equal(conflicts, 1);
    assert.match(text, /yours \(src\/app.ts\)\nmine\n\|{7} generated before \(0\.2\.0\)\n=======\ntheirs/);
  });

  it('recognizes a conflict of git with any labels, in two and in three parts, and a half of one', () => {
    for (const text of [
      '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> origin/other\n',
      '<<<<<<< 1a2b3c4 (Add a)\na\n||||||| 5d6e7f8\n=======\nb\n>>>>>>> 9a8b7c6\n',
      '<<<<<<<\na\n=======\nb\n>>>>>>>\n',
      'a\n=======\nb\n>>>>>>> theirs\n',
    ])
      assert.ok(isUnresolved(text), text);
    for (const text of [
      'Title\n=======\n',
      '>>>>>>> a quotation\n',
      '<<<<<<<< eight\n========\n>>>>>>>> eight\n',
    ])
      assert.ok(!isUnresolved(text), text);
  });

  it('recognizes its own markers, and no others', () => {
    const { text: marked } = merge('a\n', 'b\n', 'c\n');
    assert.ok(isUnresolved(marked));
    const markers = marked.split('\n').filter((line) => /^[<|>]{7} /.test(line));
    assert.equal(markers.length, 3);
    for (const left of markers) assert.ok(isUnresolved(`a\n${left}\nb\n`), left);
    for (const text of ['', 'a\n=======\n', '# <<<<<<< yours\n  >>>>>>> generated now\n'])
      assert.ok(!isUnresolved(text));
  });

  it('takes the other text where one side changed nothing', () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        const merged = (next: string[], disk: string[]) =>
          diff3({ base, next, disk }).flatMap((each) => ('merged' in each ? each.merged : ['conflict']));
        assert.deepEqual(merged(other, base), other);
        assert.deepEqual(merged(base, other), other);
        assert.deepEqual(merged(other, other), other);
      }),
    );
  });

  it('marks the same conflicts, mirrored, if the sides are exchanged', () => {
    fc.assert(
      fc.property(texts, ({ base, next, disk }) => {
        const mirrored = diff3({ base, next: disk, disk: next }).map((each) =>
          'merged' in each
            ? each
            : { conflict: { ...each.conflict, next: each.conflict.disk, disk: each.conflict.next } },
        );
        assert.deepEqual(diff3({ base, next, disk }), mirrored);
      }),
    );
  });

  it('leaves each side complete: its text is the merged lines without the other side', () => {
    fc.assert(
      fc.property(texts, ({ base, next, disk }) => {
        const regions = diff3({ base, next, disk });
        const linesOfDisk = new Set(disk);
        const result = regions.flatMap((each) => ('merged' in each ? each.merged : each.conflict.disk));
        for (const line of linesOfDisk) if (!base.includes(line)) assert.ok(result.includes(line), line);
      }),
    );
  });

  it('can mark everything between the first and the last difference', () => {
    const { text, conflicts } = markAll(
      { base: 'a\nb\nc\n', next: 'a\nB\nc\n', disk: 'a\nb\nx\nc\n' },
      labels,
    );
    assert.equal(conflicts, 1);
    assert.match(text, /^a\n<<<<<<< .*\nb\nx\n\|{7} .*\nb\n=======\nB\n>>>>>>> .*\nc\n$/);
  });
});

describe('the surface of a text', () => {
  it('keeps the byte order mark, CR LF and the missing final line end of the owner', () => {
    assert.equal(bare('\uFEFFa\r\nb'), 'a\nb\n');
    assert.equal(dressedAs('\uFEFFa\r\nb', 'a\nnew\nb\n'), '\uFEFFa\r\nnew\r\nb');
  });

  it('keeps each line end of a text with both kinds', () => {
    assert.equal(dressedAs('a\r\nb\nc\r\nd\r\n', 'a\nb\nnew\nc\nd\n'), 'a\r\nb\nnew\r\nc\r\nd\r\n');
  });

  it('is the same after a merge that changed nothing', () => {
    const text = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', ''), fc.constantFrom('\n', '\r\n')))
      .map((all) => all.flat().join(''));
    fc.assert(
      fc.property(text, fc.boolean(), fc.boolean(), (content, hasMark, isOpen) => {
        const owners = (hasMark ? '\uFEFF' : '') + content + (isOpen ? 'end' : '');
        assert.equal(dressedAs(owners, bare(owners)), owners);
      }),
    );
  });
});
