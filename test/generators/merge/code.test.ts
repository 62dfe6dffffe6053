import assert from 'node:assert/strict';
import { merged } from './support.ts';

const code = (base: string, disk: string, next: string, lists: string[] = []) =>
  merged('src/app.ts', [base, disk, next], { lists });

/** Merges without a conflict. */
async function clean(base: string, disk: string, next: string, lists: string[] = []): Promise<string> {
  const { text, conflicts } = await code(base, disk, next, lists);
  assert.equal(conflicts, 0, text);
  return text;
}

const use = (...names: string[]) => `\n\nstart();\nrun();\nuse(${names.join(', ')});\n`;

describe('the imports of a merged file', () => {
  it('are a union where both sides added some at one place', async () => {
    assert.equal(
      await clean(
        `import a from 'a';${use('a')}`,
        `import a from 'a';\nimport mine from 'mine';${use('a')}// mine\n`,
        `import a from 'a';\nimport b from 'b';\nimport c from 'c';${use('a')}`,
      ),
      `import a from 'a';\nimport mine from 'mine';\nimport b from 'b';\nimport c from 'c';${use('a')}// mine\n`,
    );
  });

  it('keep the order of the owner', async () => {
    assert.equal(
      await clean(
        `import a from 'a';\nimport b from 'b';\nimport c from 'c';${use('a', 'b', 'c')}`,
        `import c from 'c';\nimport b from 'b';\nimport a from 'a';${use('a', 'b', 'c')}`,
        `import a from 'a';\nimport b from 'b';\nimport bb from 'bb';\nimport c from 'c';${use('a', 'b', 'c')}bb();\n`,
      ),
      `import c from 'c';\nimport b from 'b';\nimport bb from 'bb';\nimport a from 'a';${use('a', 'b', 'c')}bb();\n`,
    );
  });

  it('of one module are one statement with the names of both sides', async () => {
    assert.equal(
      await clean(
        `import { a } from 'm';${use('a')}`,
        `import { mine, a } from 'm';${use('a', 'mine')}`,
        `import { a, b, type T } from 'm';\n\nb<T>();${use('a')}`,
      ),
      `import { mine, a, b, type T } from 'm';\n\nb<T>();${use('a', 'mine')}`,
    );
  });

  it('of one module, which both sides added, are one statement', async () => {
    assert.equal(
      await clean(
        `import a from 'a';${use('a')}`,
        `import a from 'a';\nimport { x, y } from 'm';${use('a', 'x', 'y')}`,
        `import a from 'a';\nimport { x, z } from 'm';\n\nx(z);${use('a')}`,
      ),
      `import a from 'a';\nimport { x, y, z } from 'm';\n\nx(z);${use('a', 'x', 'y')}`,
    );
  });

  it('of types and values of one module stay apart', async () => {
    assert.equal(
      await clean(
        `import { a } from 'm';${use('a')}`,
        `import { a } from 'm';\nimport type { Mine } from 'm';${use('a')}export type M = Mine;\n`,
        `import { a, b } from 'm';${use('a')}`,
      ),
      `import { a, b } from 'm';\nimport type { Mine } from 'm';${use('a')}export type M = Mine;\n`,
    );
  });

  it('import a name as a value if one side needs the value', async () => {
    assert.equal(
      await clean(
        `import { a } from 'm';${use('a')}`,
        `import { a, X } from 'm';${use('a', 'X')}`,
        `import { a, type X } from 'm';\n\nlet x: X;${use('a')}`,
      ),
      `import { a, X } from 'm';\n\nlet x: X;${use('a', 'X')}`,
    );
  });

  it('for their effect keep their order', async () => {
    assert.equal(
      await clean(
        `import 'one';\nimport 'two';\n\nrun();\n`,
        `import 'one';\nimport 'mine';\nimport 'two';\n\nrun();\n`,
        `import 'zero';\nimport 'one';\nimport 'two';\nimport 'three';\n\nrun();\n`,
      ),
      `import 'zero';\nimport 'one';\nimport 'mine';\nimport 'two';\nimport 'three';\n\nrun();\n`,
    );
  });

  it('that the templates dropped stay while the code of the owner uses them', async () => {
    assert.equal(
      await clean(
        `import { a, b } from 'm';\n\nuse(a);\nuse(b);\nend();\n`,
        `import { a, b } from 'm';\n\nuse(a);\nuse(b);\nend();\nmine(b);\n`,
        `import { a } from 'm';\n\nuse(a);\nend();\n`,
      ),
      `import { a, b } from 'm';\n\nuse(a);\nend();\nmine(b);\n`,
    );
  });

  it('that the templates dropped go if nothing uses them', async () => {
    assert.equal(
      await clean(
        `import { a, b } from 'm';\nimport c from 'c';\n\nuse(a);\nuse(b, c);\nend();\n`,
        `import { a, b } from 'm';\nimport c from 'c';\n\nuse(a);\nuse(b, c);\nend();\nmine(a);\n`,
        `import { a } from 'm';\n\nuse(a);\nend();\n`,
      ),
      `import { a } from 'm';\n\nuse(a);\nend();\nmine(a);\n`,
    );
  });

  it('that the owner removed come back if new code needs them', async () => {
    assert.equal(
      await clean(
        `import { a, b } from 'm';\n\nuse(a);\nstart();\nuse(b);\nend();\n`,
        `import { a } from 'm';\n\nuse(a);\nstart();\nend();\n`,
        `import { a, b } from 'm';\n\nnewly(b);\nuse(a);\nstart();\nuse(b);\nend();\n`,
      ),
      `import { a, b } from 'm';\n\nnewly(b);\nuse(a);\nstart();\nend();\n`,
    );
  });

  it('are a conflict if both sides give one name to different things', async () => {
    const { text, conflicts } = await code(
      `import a from 'a';\n\nuse(a);\nrest();\n`,
      `import a from 'a';\nimport { log } from './mine.ts';\n\nuse(a);\nrest();\nlog();\n`,
      `import { log } from 'runtime';\nimport a from 'a';\n\nlog();\nuse(a);\nrest();\n`,
    );
    assert.equal(conflicts, 1);
    for (const line of ["import { log } from './mine.ts';", "import { log } from 'runtime';"])
      assert.ok(text.includes(line), text);
  });

  it('keep the comments of the owner', async () => {
    const disk = `// first\nimport a from 'a'; // why\n// second\nimport { b } from 'b';${use('a', 'b')}mine();\n`;
    assert.equal(
      await clean(
        `import a from 'a';\nimport { b } from 'b';${use('a', 'b')}`,
        disk,
        `import a from 'a';\nimport { b, c } from 'b';\n\nc();${use('a', 'b')}`,
      ),
      disk.replace('{ b }', '{ b, c }').replace('\n\nstart', '\n\nc();\n\nstart'),
    );
  });
});

describe('a list of a merged file', () => {
  const parts = (...names: string[]) => `export const parts = [${names.join(', ')}];\n`;

  it('is a union if the templates name it', async () => {
    assert.equal(
      await clean(parts('a', 'z'), parts('a', 'mine', 'z'), parts('a', 'b', 'z'), ['parts']),
      parts('a', 'mine', 'b', 'z'),
    );
  });

  it('is a conflict if they do not', async () => {
    assert.equal((await code(parts('a', 'z'), parts('a', 'mine', 'z'), parts('a', 'b', 'z'))).conflicts, 1);
  });

  it('keeps a removal by the owner next to an addition', async () => {
    assert.equal(await clean(parts('a', 'z'), parts('a'), parts('a', 'z', 'b'), ['parts']), parts('a', 'b'));
  });

  it('keeps an edited element, and does not add it twice', async () => {
    assert.equal(
      await clean(parts('f(a)', 'z'), parts('f(a, mine)', 'z'), parts('f(a)', 'b', 'z'), ['parts']),
      parts('f(a, mine)', 'b', 'z'),
    );
  });

  it('marks an element that both sides changed', async () => {
    const { text, conflicts } = await code(parts('f(a)', 'z'), parts('f(mine)', 'z'), parts('f(b)', 'z'), [
      'parts',
    ]);
    assert.equal(conflicts, 1, text);
  });

  it('may be empty at first', async () => {
    assert.equal(await clean(parts(), parts('mine'), parts('b'), ['parts']), parts('mine', 'b'));
  });

  it('keeps the layout and the comments of the owner', async () => {
    const owners = (...more: string[]) =>
      [
        'export const parts = [',
        '    a, // first',
        '    // the mine',
        '    mine,',
        ...more,
        '    z',
        '];',
        '',
      ].join('\n');
    assert.equal(await clean(parts('a', 'z'), owners(), parts('a', 'b', 'z'), ['parts']), owners('    b,'));
  });

  it('gets a comma before a new last element, and no other one', async () => {
    const owners = (...lines: string[]) => `export const parts = [\n${lines.join('\n')}\n];\n`;
    assert.equal(
      await clean(parts('a'), owners('  mine,', '  a // last'), parts('a', 'b'), ['parts']),
      owners('  mine,', '  a, // last', '  b'),
    );
  });

  it('is found in calls, types, and what a function returns', async () => {
    const file = (published: string, keys: string, members: string) =>
      `export const contracts: Contracts = {\n  published: Object.values({ ${published} }),\n};\n` +
      `export const create = (bus: Bus) => ({ ${keys} });\n` +
      `export interface User {\n  id: string;\n${members}}\n`;
    assert.equal(
      await clean(
        file('...a', 'one: 1', ''),
        file('...a, ...mine', 'one: 1, mine: 2', '  mine: string;\n'),
        file('...a, ...b', 'one: 1, two: 2', '  note?: string;\n'),
      ),
      file('...a, ...mine, ...b', 'one: 1, mine: 2, two: 2', '  mine: string;\n  note?: string;\n'),
    );
  });

  it('of statements gets those of both sides, and nothing after the return', async () => {
    const f = (...lines: string[]) =>
      `function create() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    assert.equal(
      await clean(f('a();'), f('a();', 'return mine;'), f('a();', 'b();'), ['create']),
      f('a();', 'b();', 'return mine;'),
    );
  });

  it('of statements keeps a new statement before the edited one that uses it', async () => {
    const f = (...lines: string[]) =>
      `function create() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    assert.equal(
      await clean(
        f('const a = 1;', 'const app = createApp({ a });'),
        f('const a = 1;', 'const app = createApp({ a, mine });'),
        f('const a = 1;', 'const limits = 2;', 'const app = createApp({ a, limits });'),
        ['create'],
      ),
      f('const a = 1;', 'const limits = 2;', 'const app = createApp({ a, mine, limits });'),
    );
  });

  it('of statements keeps a new statement before an edited call', async () => {
    const f = (...lines: string[]) =>
      `function create() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    assert.equal(
      await clean(
        f('a();', 'start(app);'),
        f('a();', 'start(app, mine);'),
        f('a();', 'limit();', 'start(app);'),
        ['create'],
      ),
      f('a();', 'limit();', 'start(app, mine);'),
    );
  });

  it('keeps the comma after its last element', async () => {
    const owners = (...names: string[]) =>
      `export const parts = [\n${names.map((name) => `  ${name},\n`).join('')}];\n`;
    assert.equal(
      await clean(parts('a'), owners('a', 'mine'), parts('a', 'b'), ['parts']),
      owners('a', 'mine', 'b'),
    );
  });

  it('indents a new element like those of the owner, but not the text of a template literal', async () => {
    const generated = (...more: string[]) => `export const parts = [\n  a,\n${more.join('')}];\n`;
    const object = (indent: string) => `${indent}{\n${indent}  b: 1,\n${indent}},\n`;
    const text = (indent: string) => `${indent}f(\`\n  text\n\`),\n`;
    assert.equal(
      await clean(
        generated(),
        'export const parts = [\n      a,\n      mine,\n];\n',
        generated(object('  '), text('  ')),
        ['parts'],
      ),
      `export const parts = [\n      a,\n      mine,\n${object('      ')}${text('      ')}];\n`,
    );
  });

  it('is not guessed where one name leads to two lists', async () => {
    const { text, conflicts } = await code(
      'const x = f({ a: 1 });\n',
      'const x = f({ a: 1 }, { mine: 1 });\n',
      'const x = f({ a: 1, b: 1 });\n',
    );
    assert.equal(conflicts, 1, text);
  });

  it('marks an element that the owner removed and the templates changed', async () => {
    const { text, conflicts } = await code(
      'const x = {\n  a: 1,\n  k: 1,\n};\n',
      'const x = {\n  a: 1,\n};\n',
      'const x = {\n  a: 1,\n  k: 2,\n};\n',
    );
    assert.equal(conflicts, 1, text);
  });

  it('stays as it is if the union would not parse, and other lists do not', async () => {
    const file = (members: string, ...names: string[]) =>
      `interface A { ${members} }\nstart();\n${parts(...names)}`;
    const { text, conflicts } = await code(
      file('a: string', 'a'),
      file('a: string; mine: string', 'a', 'mine'),
      file('a: string; b: string', 'a', 'b'),
      ['parts'],
    );
    assert.equal(conflicts, 1, text);
    assert.ok(text.endsWith(`start();\n${parts('a', 'mine', 'b')}`), text);
  });

  it('of a text that does not parse is merged by lines', async () => {
    const { text, conflicts } = await code(
      'const a = [1];\nb();\nc();\n',
      'const a = [1;\nb();\nc();\n',
      'const a = [1];\nb();\nc();\nd();\n',
      ['a'],
    );
    assert.deepEqual({ text, conflicts }, { text: 'const a = [1;\nb();\nc();\nd();\n', conflicts: 0 });
  });
});

describe('a merged file', () => {
  it('is one conflict if neither side is broken, but the merged lines are', async () => {
    const { text, conflicts } = await code(
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
