import assert from 'node:assert/strict';
import { cleanCode, mergeCode } from './support.ts';

/** A function with these statements. */
const f = (...lines: string[]) => `function create() {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

describe('a list of a merged file', () => {
  const parts = (...names: string[]) => `export const parts = [${names.join(', ')}];\n`;

  it('is a union if the templates name it', async () => {
    assert.equal(
      await cleanCode(parts('a', 'z'), parts('a', 'mine', 'z'), parts('a', 'b', 'z'), ['parts']),
      parts('a', 'mine', 'b', 'z'),
    );
  });

  it('is a conflict if they do not', async () => {
    assert.equal(
      (await mergeCode(parts('a', 'z'), parts('a', 'mine', 'z'), parts('a', 'b', 'z'))).conflicts,
      1,
    );
  });

  it('keeps a removal by the owner next to an addition', async () => {
    assert.equal(
      await cleanCode(parts('a', 'z'), parts('a'), parts('a', 'z', 'b'), ['parts']),
      parts('a', 'b'),
    );
  });

  it('keeps an edited element, and does not add it twice', async () => {
    assert.equal(
      await cleanCode(parts('f(a)', 'z'), parts('f(a, mine)', 'z'), parts('f(a)', 'b', 'z'), ['parts']),
      parts('f(a, mine)', 'b', 'z'),
    );
  });

  it('marks an element that both sides changed', async () => {
    const { text, conflicts } = await mergeCode(
      parts('f(a)', 'z'),
      parts('f(mine)', 'z'),
      parts('f(b)', 'z'),
      ['parts'],
    );
    assert.equal(conflicts, 1, text);
  });

  it('may be empty at first', async () => {
    assert.equal(await cleanCode(parts(), parts('mine'), parts('b'), ['parts']), parts('mine', 'b'));
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
    assert.equal(
      await cleanCode(parts('a', 'z'), owners(), parts('a', 'b', 'z'), ['parts']),
      owners('    b,'),
    );
  });

  it('gets a comma before a new last element, and no other one', async () => {
    const owners = (...lines: string[]) => `export const parts = [\n${lines.join('\n')}\n];\n`;
    assert.equal(
      await cleanCode(parts('a'), owners('  mine,', '  a // last'), parts('a', 'b'), ['parts']),
      owners('  mine,', '  a, // last', '  b'),
    );
  });

  it('is found in calls, types, and what a function returns', async () => {
    const file = (published: string, keys: string, members: string) =>
      `export const contracts: Contracts = {\n  published: Object.values({ ${published} }),\n};\n` +
      `export const create = (bus: Bus) => ({ ${keys} });\n` +
      `export interface User {\n  id: string;\n${members}}\n`;
    assert.equal(
      await cleanCode(
        file('...a', 'one: 1', ''),
        file('...a, ...mine', 'one: 1, mine: 2', '  mine: string;\n'),
        file('...a, ...b', 'one: 1, two: 2', '  note?: string;\n'),
      ),
      file('...a, ...mine, ...b', 'one: 1, mine: 2, two: 2', '  mine: string;\n  note?: string;\n'),
    );
  });

  it('of statements gets those of both sides, and nothing after the return', async () => {
    assert.equal(
      await cleanCode(f('a();'), f('a();', 'return mine;'), f('a();', 'b();'), ['create']),
      f('a();', 'b();', 'return mine;'),
    );
  });

  it('of statements keeps a new statement before the edited one that uses it', async () => {
    assert.equal(
      await cleanCode(
        f('const a = 1;', 'const app = createApp({ a });'),
        f('const a = 1;', 'const app = createApp({ a, mine });'),
        f('const a = 1;', 'const limits = 2;', 'const app = createApp({ a, limits });'),
        ['create'],
      ),
      f('const a = 1;', 'const limits = 2;', 'const app = createApp({ a, mine, limits });'),
    );
  });

  it('of statements keeps a new statement before an edited call', async () => {
    assert.equal(
      await cleanCode(
        f('a();', 'start(app);'),
        f('a();', 'start(app, mine);'),
        f('a();', 'limit();', 'start(app);'),
        ['create'],
      ),
      f('a();', 'limit();', 'start(app, mine);'),
    );
  });

  it('of statements gets a new one before an own statement that has read what it changes', async () => {
    assert.equal(
      await cleanCode(
        f('const all = [];', 'all.push(a);', 'const app = create(all);'),
        f('const all = [];', 'all.push(a);', 'const inner = create(all);', 'const app = wrap(inner);'),
        f('const all = [];', 'all.push(a);', 'const b = make();', 'all.push(b);', 'const app = create(all);'),
        ['create'],
      ),
      f(
        'const all = [];',
        'all.push(a);',
        'const b = make();',
        'all.push(b);',
        'const inner = create(all);',
        'const app = wrap(inner);',
      ),
    );
  });

  it('of statements gets a new one behind the declarations that it uses, and behind own changes', async () => {
    assert.equal(
      await cleanCode(
        f('const all = [];', 'const db = connect();', 'start(all);'),
        f('const all = [];', 'observe(all);', 'const db = connect();', 'all.push(mine);', 'start(all);'),
        f('const all = [];', 'all.push(first(db));', 'const db = connect();', 'start(all);'),
        ['create'],
      ),
      f(
        'const all = [];',
        'observe(all);',
        'const db = connect();',
        'all.push(first(db));',
        'all.push(mine);',
        'start(all);',
      ),
    );
  });

  it('of statements finds two renamed declarations by the functions that they call', async () => {
    assert.equal(
      await cleanCode(
        f('a();', 'const app = createApp(all);', 'const server = createServer(app);'),
        f('a();', 'const web = createApp(all);', 'const http = createServer(web);'),
        f('a();', 'limit(all);', 'const app = createApp(all);', 'const server = createServer(app);'),
        ['create'],
      ),
      f('a();', 'limit(all);', 'const web = createApp(all);', 'const http = createServer(web);'),
    );
  });

  it('of members gets new ones before a final spread of the owner, and behind a first one', async () => {
    const order = (...members: string[]) => `export const order = { ${members.join(', ')} };\n`;
    const [base, next] = [order("code: 'a'", 'total: 1'), order("code: 'a'", 'total: 1', "status: 'open'")];
    const merged = (...members: string[]) => cleanCode(base, order(...members), next);
    assert.equal(
      await merged("code: 'a'", 'total: 1', '...overrides', 'mine'),
      order("code: 'a'", 'total: 1', "status: 'open'", '...overrides', 'mine'),
    );
    assert.equal(
      await merged("code: 'a'", 'mine', 'total: 1', '...overrides'),
      order("code: 'a'", 'mine', 'total: 1', "status: 'open'", '...overrides'),
    );
    assert.equal(
      await merged('...defaults', "code: 'a'", 'total: 1'),
      order('...defaults', "code: 'a'", 'total: 1', "status: 'open'"),
    );
    assert.equal(
      await cleanCode(
        base,
        order('...defaults', "code: 'a'", 'total: 1'),
        order('id: 1', "code: 'a'", 'total: 1'),
      ),
      order('...defaults', 'id: 1', "code: 'a'", 'total: 1'),
    );
  });

  it('keeps the comma after its last element', async () => {
    const owners = (...names: string[]) =>
      `export const parts = [\n${names.map((name) => `  ${name},\n`).join('')}];\n`;
    assert.equal(
      await cleanCode(parts('a'), owners('a', 'mine'), parts('a', 'b'), ['parts']),
      owners('a', 'mine', 'b'),
    );
  });

  it('indents a new element like those of the owner, but not the text of a template literal', async () => {
    const generated = (...more: string[]) => `export const parts = [\n  a,\n${more.join('')}];\n`;
    const object = (indent: string) => `${indent}{\n${indent}  b: 1,\n${indent}},\n`;
    const text = (indent: string) => `${indent}f(\`\n  text\n\`),\n`;
    assert.equal(
      await cleanCode(
        generated(),
        'export const parts = [\n      a,\n      mine,\n];\n',
        generated(object('  '), text('  ')),
        ['parts'],
      ),
      `export const parts = [\n      a,\n      mine,\n${object('      ')}${text('      ')}];\n`,
    );
  });

  it('of statements loses a removed one that uses a declaration which the owner renamed', async () => {
    assert.equal(
      await cleanCode(
        f('const routers = [];', 'routers.push(a);', 'routers.push(b);', 'serve(routers);'),
        f('const mine = [];', 'mine.push(a);', 'mine.push(b);', 'serve(mine);'),
        f('const routers = [];', 'routers.push(a);', 'serve(routers);'),
        ['create'],
      ),
      f('const mine = [];', 'mine.push(a);', 'serve(mine);'),
    );
  });

  it('marks a removed statement of which the owner changed more than a name', async () => {
    const { text, conflicts } = await mergeCode(
      f('const routers = [];', 'routers.push(a);', 'serve(routers);'),
      f('const mine = [];', 'mine.push(a, more);', 'serve(mine);'),
      f('const routers = [];', 'serve(routers);'),
      ['create'],
    );
    assert.ok(conflicts > 0 || text.includes('mine.push(a, more);'), text);
  });

  it('of statements has the blocks of a test by their titles', async () => {
    const tests = (...lines: string[]) =>
      `describe('GET /v1', () => {\n${lines.map((line) => `  it('${line}', () => {\n    ${line}();\n  });\n`).join('\n')}});\n`;
    assert.equal(
      await cleanCode(tests('a', 'z'), tests('a', 'mine', 'z'), tests('a', 'b', 'z'), ['describe *']),
      tests('a', 'mine', 'b', 'z'),
    );
  });

  it('keeps the blank line of the templates behind a new first element', async () => {
    const object = (...lines: string[]) => `export const object = {\n${lines.join('\n')}\n};\n`;
    assert.equal(
      await cleanCode(
        object('  a: 1,', '', '  z: 1,'),
        object('  a: 1,', '', '  z: 1,', '', '  mine: 1,'),
        object('  b: 1,', '', '  a: 1,', '', '  z: 1,'),
      ),
      object('  b: 1,', '', '  a: 1,', '', '  z: 1,', '', '  mine: 1,'),
    );
  });

  it('is not guessed where one name leads to two lists', async () => {
    const { text, conflicts } = await mergeCode(
      'const x = f({ a: 1 });\n',
      'const x = f({ a: 1 }, { mine: 1 });\n',
      'const x = f({ a: 1, b: 1 });\n',
    );
    assert.equal(conflicts, 1, text);
  });

  it('marks an element that the owner removed and the templates changed', async () => {
    const { text, conflicts } = await mergeCode(
      'const x = {\n  a: 1,\n  k: 1,\n};\n',
      'const x = {\n  a: 1,\n};\n',
      'const x = {\n  a: 1,\n  k: 2,\n};\n',
    );
    assert.equal(conflicts, 1, text);
  });

  it('stays as it is if the union would not parse, and other lists do not', async () => {
    const file = (members: string, ...names: string[]) =>
      `interface A { ${members} }\nstart();\n${parts(...names)}`;
    const { text, conflicts } = await mergeCode(
      file('a: string', 'a'),
      file('a: string; mine: string', 'a', 'mine'),
      file('a: string; b: string', 'a', 'b'),
      ['parts'],
    );
    assert.equal(conflicts, 1, text);
    assert.ok(text.endsWith(`start();\n${parts('a', 'mine', 'b')}`), text);
  });

  it('of a text that does not parse is merged by lines', async () => {
    const { text, conflicts } = await mergeCode(
      'const a = [1];\nb();\nc();\n',
      'const a = [1;\nb();\nc();\n',
      'const a = [1];\nb();\nc();\nd();\n',
      ['a'],
    );
    assert.deepEqual({ text, conflicts }, { text: 'const a = [1;\nb();\nc();\nd();\n', conflicts: 0 });
  });
});
