import assert from 'node:assert/strict';
import { type Files, merge } from './files-fixture.ts';

const list = 'src/contracts.ts';
const module = 'src/events/user-events.ts';
const file = (imports: string, elements: string) =>
  `import ${imports};\n\nexport const contracts = {\n  published: all(${elements}),\n};\n`;
const events = (...names: string[]) => names.map((name) => `export const ${name} = event();\n`).join('');
const before: Files = {
  [list]: file("* as userEvents from './events/user-events.ts'", '{ ...userEvents }'),
  [module]: events('created'),
  'asyncapi.json': '{}\n',
};
const withEvent: Files = {
  ...before,
  [module]: events('created', 'shipped'),
  'asyncapi.json': '{ "a": 1 }\n',
};
const withOrder: Files = {
  ...before,
  [list]: file(
    "* as userEvents from './events/user-events.ts';\nimport * as orderEvents from './events/order-events.ts'",
    '{ ...userEvents, ...orderEvents }',
  ),
  'src/events/order-events.ts': events('ordered', 'paid'),
};
const byName = file("{ created } from './events/user-events.ts'", '[created]');
const moved = file("* as mine from '../events/user-events.ts'", '{ ...mine }');

const rules = {
  lists: () => ['contracts/published'],
  registrations: (path: string) => (path === list ? ['contracts/published'] : []),
};
const unregistered = async (disk: Files, next: Files) =>
  (await merge(before, disk, next, rules)).unregistered;

describe('a registration', () => {
  it('of a new export is missing if the owner lists the exports by name', async () => {
    const { unregistered: missing, outcomes } = await merge(
      before,
      { ...before, [list]: byName },
      withEvent,
      rules,
    );
    const lines = [
      "import { shipped } from './events/user-events.ts';",
      'shipped, // in contracts.published',
    ];
    assert.deepEqual(missing, [{ file: list, lines, isGone: false }]);
    const contract = outcomes.find((each) => each.file === 'asyncapi.json');
    assert.deepEqual(contract, { file: 'asyncapi.json', effect: 'left', why: 'from the code' });
  });

  it('of a new module is missing if the list has another form', async () => {
    assert.deepEqual(await unregistered({ ...before, [list]: byName }, withOrder), [
      {
        file: list,
        lines: [
          "import { ordered, paid } from './events/order-events.ts';",
          'ordered, // in contracts.published',
          'paid, // in contracts.published',
        ],
        isGone: false,
      },
    ]);
  });

  it('of a new statement is missing if the file is gone', async () => {
    const app = (imports: string, line: string) =>
      `${imports}\nexport function create() {\n  a();\n${line}}\n`;
    const now = app("import { add } from './b.ts';\n", '  // all\n  add(\n    all,\n  );\n');
    const plan = { lists: () => ['create'], registrations: () => ['create'] };
    const { unregistered: missing } = await merge({ 'app.ts': app('', '') }, {}, { 'app.ts': now }, plan);
    const lines = ["import { add } from './b.ts';", '// all\nadd(\n  all,\n);'];
    assert.deepEqual(missing, [{ file: 'app.ts', lines, isGone: true }]);
  });

  it('is found in a list that the owner moved', async () => {
    const { [list]: _list, ...disk } = before;
    assert.deepEqual(await unregistered({ ...disk, 'src/mine/list.ts': moved }, withEvent), []);
    assert.equal((await unregistered(disk, withEvent))[0]?.isGone, true);
  });

  it('is not missing after a merge', async () => {
    assert.deepEqual(
      await unregistered(before, { ...withOrder, [module]: events('created', 'shipped') }),
      [],
    );
  });

  it('that a run could not make is missing in later runs, until the owner makes it or removes the part', async () => {
    const disk = { ...before, [list]: byName };
    const { unregistered: first, pending } = await merge(before, disk, withEvent, rules);
    assert.deepEqual(pending, { [list]: ['shipped from src/events/user-events.ts'] });
    const later = (files: Files, next = withEvent) => merge(withEvent, files, next, { ...rules, pending });
    const again = await later({ ...withEvent, [list]: byName });
    assert.deepEqual([again.unregistered, again.pending], [first, pending]);
    const registered = file("{ created, shipped } from './events/user-events.ts'", '[created, shipped]');
    for (const next of [withEvent, before])
      for (const made of [registered, file("* as all from './events/user-events.ts'", '{ ...all }')]) {
        const { unregistered: none, pending: open } = await later({ ...withEvent, [list]: made }, next);
        assert.deepEqual([none, open], [[], {}]);
      }
    assert.deepEqual((await later({ ...withEvent, [list]: byName }, before)).pending, {});
    const marked = `<<<<<<< yours\n${byName}=======\n>>>>>>> generated\n`;
    assert.deepEqual((await later({ ...withEvent, [list]: marked })).pending, pending);
  });

  it('of a statement is made if a file of the owner uses its names', async () => {
    const app = (imports: string, line: string) =>
      `${imports}\nexport function create() {\n  a();\n${line}}\n`;
    const now = { 'src/app.ts': app("import { add } from './b.ts';\n", '  add(all);\n') };
    const plan = { lists: () => ['create'], registrations: () => ['create'] };
    const { pending } = await merge({ 'src/app.ts': app('', '') }, {}, now, plan);
    assert.deepEqual(pending, { 'src/app.ts': ['add from src/b.ts'] });
    const later = async (disk: Files) =>
      (await merge(now, disk, now, { ...plan, pending })).unregistered.length;
    assert.equal(await later({}), 1);
    const wiring = "import { add } from './b.ts';\n\nadd(1);\n";
    assert.equal(await later({ 'src/wiring.ts': wiring }), 0);
    assert.equal(await later({ 'test/wiring.ts': wiring.replace('./b', '../src/b') }), 1);
    assert.equal(await later({ 'src/app.ts': app('', ''), 'src/wiring.ts': wiring }), 0);
  });
});
