import assert from 'node:assert/strict';
import { merged, mergeCode } from './support.ts';

describe('a merged file', () => {
  it('is one conflict if neither side is broken, but the merged lines are', async () => {
    const { text, conflicts } = await mergeCode(
      'run(\n  a,\n  b,\n  c,\n);\n',
      'const x = {\n  a,\n  b,\n  c,\n};\n',
      'run(\n  a,\n  f(b),\n  c,\n);\n',
    );
    assert.equal(conflicts, 1);
    assert.match(text, /yours[^]*const x = \{\n {2}a,\n {2}b,[^]*=======\nrun\(\n {2}a,\n {2}f\(b\)/);
  });

  it('is one conflict if both sides added it, also where lists could be joined', async () => {
    const { conflicts } = await merged('src/app.ts', [undefined, 'mine();\n', 'b();\n'], { lists: ['.'] });
    assert.equal(conflicts, 1);
  });
});

describe('the layout of a merged file', () => {
  const base = 'const a = { one: 1, two: [1, 2] };\nlet b;\n';
  const spread = 'const a = {\n\tone: 1,\n\ttwo: [1, 2,],\n}\n\nlet b\n';

  it('of the owner stays if the templates changed nothing else', async () => {
    const next = 'const a = {\n  one: 1,\n  two: [1, 2],\n};\nlet b;\n';
    assert.deepEqual(await merged('a.ts', [base, spread, next]), {
      text: spread,
      conflicts: 0,
      isGenerated: false,
    });
  });

  it('of an edited file stays if the templates changed the layout alone', async () => {
    const [before, disk, next] = ['f(a, b);\n', 'f(a, b, mine);\n', 'f(\n  a,\n  b,\n);\n'];
    assert.deepEqual(await merged('a.ts', [before, disk, next]), {
      text: disk,
      conflicts: 0,
      isGenerated: false,
    });
  });

  it('is not formatted if the owner does not format the file', async () => {
    const format = async (_: string, text: string) => text.replaceAll(/;$/gm, '');
    const { text } = await merged(
      'a.ts',
      ['a();\nb();\nc();\n', 'mine();\na();\nb();\nc();\n', 'a();\nb();\nc();\nd();\n'],
      { format },
    );
    assert.equal(text, 'mine();\na();\nb();\nc();\nd();\n');
  });

  it('is formatted after the merge too', async () => {
    const format = async (_: string, text: string) =>
      text.replace(/\[(.{10,})\]/, (__, names: string) => `[\n  ${names.replaceAll(', ', ',\n  ')},\n]`);
    const list = (...names: string[]) => `const parts = [${names.join(', ')}];\n`;
    const { text } = await merged('a.ts', [list('a'), list('a', 'mine'), list('a', 'bbb')], {
      format,
      lists: ['parts'],
    });
    assert.equal(text, 'const parts = [\n  a,\n  mine,\n  bbb,\n];\n');
  });

  it('is the generated one if the owner changed the layout alone', async () => {
    const next = 'const a = { one: 1, two: [1, 2, 3] };\nlet b;\n';
    assert.deepEqual(await merged('a.ts', [base, spread, next]), {
      text: next,
      conflicts: 0,
      isGenerated: true,
    });
  });

  it('is the formatted one if the owner formats the file', async () => {
    const format = async (_: string, text: string) => text.replaceAll(/;$/gm, '');
    const result = await merged(
      'a.ts',
      ['a();\nb();\nc();\n', 'a()\nb()\nmine()\nc()\n', 'a();\nb();\nc();\nd();\n'],
      { format },
    );
    assert.deepEqual(result, { text: 'a()\nb()\nmine()\nc()\nd()\n', conflicts: 0, isGenerated: false });
  });

  it('has the line ends of the owner', async () => {
    const { text } = await merged('a.ts', [
      'a();\nb();\nc();\n',
      'mine();\r\na();\r\nb();\r\nc();',
      'a();\nb();\nd();\nc();\n',
    ]);
    assert.equal(text, 'mine();\r\na();\r\nb();\r\nd();\r\nc();');
  });
});
