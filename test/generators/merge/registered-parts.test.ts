import assert from 'node:assert/strict';
import { type Grown, mergeService, render, written } from './grown-service.ts';

const start: Grown = { resources: { user: 'name:string' }, consumes: [], handles: ['order'] };
const withCart: Grown = { ...start, resources: { ...start.resources, cart: 'total:integer' } };
const withEvent: Grown = { ...start, events: ['suspended'] };
const contracts = 'src/events/contracts.ts';

type Files = Map<string, string>;

/** Merges the service that grows to `grown` into the files that `edit` has changed. */
async function grow(grown: Grown, edit: (files: Files) => void, keep: string[] = []) {
  const base = await render(start);
  const disk = new Map(base);
  edit(disk);
  const result = await mergeService(base, disk, await render(grown), { keep });
  return { ...result, files: written(disk, result) };
}

const change = (files: Files, file: string, from: string | RegExp, to: string) =>
  files.set(file, files.get(file)?.replace(from, to) ?? '');

/** The owner lists single events. */
const byName = (form: (names: string) => string) => (files: Files) => {
  change(
    files,
    contracts,
    /Object\.values\(\{\n {4}\.\.\.userEvents,\n {2}\}\)/,
    form('userCreated, userDeleted'),
  );
  change(files, contracts, 'import * as userEvents from', 'import { userCreated, userDeleted } from');
};
const move = (file: string, to: string) => (files: Files) => {
  files.set(to, (files.get(file) ?? '').replaceAll("'./", "'./events/"));
  files.delete(file);
};

const ofCart = [
  "import { createCartPublisher } from './events/cart-publisher.ts';",
  "import { createCartRepository } from './repositories/cart-repository.ts';",
  "import { createCartRouter } from './routers/cart-router.ts';",
  "import { createCartService } from './services/cart-service.ts';",
  'const carts = createCartService({\n  database,\n  carts: createCartRepository(database),\n  publish: createCartPublisher(bus),\n});',
  'routers.push(createCartRouter(carts));',
];
const ofEvent = [
  "import { userSuspended } from './user-events.ts';",
  'userSuspended, // in contracts.published',
];

describe('a new part that the merge cannot register', () => {
  it('is an event, where the owner lists single events: the lines are named, and asyncapi.json stays', async () => {
    for (const form of ['[$]', 'Object.values({ $ })']) {
      const { unregistered, files, outcomes } = await grow(
        withEvent,
        byName((names) => form.replace('$', names)),
      );
      assert.deepEqual(unregistered, [{ file: contracts, lines: ofEvent, isGone: false }]);
      assert.equal(files.get('asyncapi.json'), (await render(start)).get('asyncapi.json'));
      assert.deepEqual(
        outcomes.find(({ file }) => file === 'asyncapi.json'),
        { file: 'asyncapi.json', effect: 'left', why: 'from the code' },
      );
    }
  });

  it('is a resource or an event of a file that the owner moved: the lines are named', async () => {
    const app = await grow(withCart, move('src/app.ts', 'src/wiring.ts'));
    assert.deepEqual(app.unregistered, [{ file: 'src/app.ts', lines: ofCart, isGone: true }]);
    const events = await grow(withEvent, move('src/events/user-events.ts', 'src/user-events.ts'));
    assert.equal(events.unregistered[0]?.isGone, true);
    assert.match(
      events.unregistered[0]?.lines.join('\n') ?? '',
      /^export const userSuspended = defineEvent\(/m,
    );
  });

  it('belongs to a file in .yo-keep', async () => {
    const { unregistered } = await grow(withCart, () => undefined, ['src/app.ts']);
    assert.deepEqual(unregistered, [{ file: 'src/app.ts', lines: ofCart, isGone: false }]);
  });
});

describe('a new part is registered', () => {
  const cases: [title: string, grown: Grown, edit: (files: Files) => void][] = [
    ['by the merge', { ...withCart, events: ['suspended'], handles: ['order', 'wallet'] }, () => undefined],
    ['in a contracts file that the owner moved', withEvent, move(contracts, 'src/contracts.ts')],
    [
      'by the owner, by name',
      withEvent,
      (files) => {
        byName((names) => `[${names}, userSuspended]`)(files);
        change(files, contracts, '{ userCreated,', '{ userSuspended, userCreated,');
      },
    ],
    ['in an array of the owner', withCart, byName((names) => `[${names}]`)],
    [
      'under another local name',
      withEvent,
      (files) => files.set(contracts, (files.get(contracts) ?? '').replaceAll('userEvents', 'mine')),
    ],
  ];
  for (const [title, grown, edit] of cases)
    it(title, async () => assert.deepEqual((await grow(grown, edit)).unregistered, []));
});
