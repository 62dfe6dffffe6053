import assert from 'node:assert/strict';
import { mergeBases } from '../../generators/service/repair/merge-bases.ts';
import { mergeMarked } from '../../generators/service/repair/merge-marked.ts';
import { mergeValues } from '../../generators/service/repair/merge-values.ts';
import { hasGitMarkers } from '../../generators/merge/text/git-markers.ts';
import { withWholeResources } from '../../generators/service/repair/parts-of-resources.ts';
import { planRepair } from '../../generators/service/repair/repair.ts';
import { newFolder, removeFolders } from './support/command.ts';

/** Merges two branches of an answer, and lists the paths that both changed. */
function mergedAnswers(base: object, disk: object, next: object) {
  const both: string[] = [];
  const value = mergeValues({ base, disk, next }, '', (path) => both.push(path));
  return { value, both };
}

const resource = (name: string, fields: string) => ({ name, fields });

describe('the merged answers of two branches', () => {
  it('have the resources and the fields of both, those of the current branch first', () => {
    const { value, both } = mergedAnswers(
      { resources: [resource('user', 'a:string z:text')], tables: { users: 'a:string z:text' } },
      {
        resources: [resource('user', 'a:string z:text mine:date'), resource('cart', 'c:text')],
        tables: { users: 'a:string z:text mine:date', carts: 'c:text' },
      },
      {
        resources: [resource('user', 'a:string:optional other:enum(x | y)'), resource('wish', 'w:text')],
        tables: { users: 'a:string:optional z:text other:string', wishes: 'w:text' },
      },
    );
    assert.deepEqual(both, []);
    assert.deepEqual(value, {
      resources: [
        resource('user', 'a:string:optional mine:date other:enum(x | y)'),
        resource('cart', 'c:text'),
        resource('wish', 'w:text'),
      ],
      tables: { users: 'a:string:optional z:text mine:date other:string', carts: 'c:text', wishes: 'w:text' },
    });
  });

  it('have each version of an event', () => {
    const first = { type: 'order.created', state: true, fields: 'a:text' };
    const [second, shipped] = [{ type: 'order.created', version: 2 }, { type: 'order.shipped' }];
    const { value } = mergedAnswers({ events: [] }, { events: [first, second] }, { events: [shipped] });
    assert.deepEqual(value, { events: [first, second, shipped] });
  });

  it('lack a part that one branch removed, and have the higher version', () => {
    const { value } = mergedAnswers(
      { version: '0.2.0', resources: [resource('user', 'a:text'), resource('old', 'a:text')] },
      { version: '0.10.0', resources: [resource('user', 'a:text')] },
      { version: '0.9.0', resources: [resource('user', 'a:text'), resource('old', 'a:text')] },
    );
    assert.deepEqual(value, { version: '0.10.0', resources: [resource('user', 'a:text')] });
  });

  it('keep the answer of the current branch, and name one that both changed', () => {
    assert.deepEqual(
      mergedAnswers({ answers: { port: 1 } }, { answers: { port: 2 } }, { answers: { port: 3 } }),
      {
        value: { answers: { port: 2 } },
        both: ['answers.port'],
      },
    );
  });
});

describe('a field that both branches changed', () => {
  it('has the form of the current branch in the resource and in the table, and is named', () => {
    const branch = (note: string) => ({
      resources: [resource('order', `code:string ${note}`)],
      tables: { orders: `code:string ${note}` },
    });
    const ours = branch('note:string(20):default("a) b")');
    assert.deepEqual(mergedAnswers(branch('note:text'), ours, branch('note:url')), {
      value: ours,
      both: ['resources.order.fields.note', 'tables.orders.note'],
    });
    assert.equal(
      mergedAnswers({ tables: { orders: 'code:string' } }, ours, branch('note:url')).both.length,
      2,
    );
  });
});

describe('the parts of a resource that one branch removed', () => {
  const [order, user] = [resource('order', 'code:string'), resource('user', 'email:string')];
  const whole = (answers: object, ...branches: object[]) => {
    const notes: string[] = [];
    return { answers: withWholeResources(answers, branches, (line) => notes.push(line)), notes };
  };

  it('go with it, and are named', () => {
    const part = { type: 'order.shipped' };
    const api = { resource: 'order', version: 2 };
    assert.deepEqual(whole({ resources: [], events: [part], apis: [api] }, { resources: [order] }), {
      answers: { resources: [] },
      notes: [
        'One branch removed the resource "order", and the other one has its event "order.shipped"; .yo-rc.json keeps neither.',
        'One branch removed the resource "order", and the other one has version 2 of its routes; .yo-rc.json keeps neither.',
      ],
    });
    const answers = { resources: [order], events: [part] };
    assert.deepEqual(whole(answers), { answers, notes: [] });
  });

  it('keep it if another resource references it', () => {
    const cart = resource('cart', 'userId:reference(user)');
    assert.deepEqual(whole({ resources: [cart] }, { resources: [] }, { resources: [user, cart] }), {
      answers: { resources: [cart, user] },
      notes: [
        'One branch removed the resource "user", and "cart" of the other one references it; .yo-rc.json keeps both.',
      ],
    });
  });
});

describe('the merged base of two branches', () => {
  it('has the files and the additions of both, and the lines of the current branch where both changed some', async () => {
    const list = (...names: string[]) => names.map((name) => `import ${name} from '${name}';\n`).join('');
    const merged = await mergeBases({
      base: new Map([
        ['a.ts', list('a')],
        ['README.md', 'port 1\n'],
        ['old.ts', 'old\n'],
      ]),
      disk: new Map([
        ['a.ts', list('a', 'b')],
        ['README.md', 'port 2\n'],
        ['mine.ts', 'mine\n'],
      ]),
      next: new Map([
        ['a.ts', list('a', 'c')],
        ['README.md', 'port 3\n'],
        ['old.ts', 'old\n'],
        ['new.ts', 'new\n'],
      ]),
    });
    assert.deepEqual(Object.fromEntries(merged), {
      'README.md': 'port 2\n',
      'a.ts': list('a', 'b', 'c'),
      'mine.ts': 'mine\n',
      'new.ts': 'new\n',
    });
  });
});

const marked = (ours: string, theirs: string, before?: string) =>
  `<<<<<<< HEAD\n${ours}${before === undefined ? '' : `||||||| 1a2b3c4\n${before}`}=======\n${theirs}>>>>>>> other\n`;

describe('a file in which git has marked conflicts', () => {
  const merge = async (present: string, ancestor: string) => {
    const none = new Map<string, string>();
    const [first] = await mergeMarked(
      new Map([['src/a.ts', present]]),
      {
        owners: { base: new Map([['src/a.ts', ancestor]]), disk: none, next: none },
        generated: { base: none, disk: none, next: none },
        base: none,
        ofGit: none,
      },
      undefined,
    );
    return first?.text;
  };
  const code = (imports: string, ...lines: string[]) =>
    `import a from 'a';\n${imports}\n${lines.join('\n')}\n`;

  it('is merged by its structure, with the lines that the owner changed since, and with its line ends', async () => {
    const conflict = marked("import b from 'b';\n", "import c from 'c';\n", '');
    const both = "import b from 'b';\nimport c from 'c';\n";
    const ancestor = code('', 'run();');
    assert.equal(await merge(code(conflict, 'run();', '// mine'), ancestor), code(both, 'run();', '// mine'));
    assert.equal(
      await merge(code(conflict, 'run();').replaceAll('\n', '\r\n'), ancestor),
      code(both, 'run();').replaceAll('\n', '\r\n'),
    );
  });

  it('keeps the markers if the engine finds a conflict too, or a marker is broken', async () => {
    assert.equal(await merge(marked('run(1);\n', 'run(2);\n'), 'run();\n'), undefined);
    assert.equal(await merge(`${marked('a();\n', 'b();\n')}>>>>>>> other\n`, ''), undefined);
  });

  it('is told from one with a line of signs', () => {
    assert.equal(hasGitMarkers('Title\n=======\n\n<<<<<<< not one\n'), false);
    assert.equal(hasGitMarkers(marked('a\n', 'b\n')), true);
  });
});

describe('a repair', () => {
  afterEach(removeFolders);

  it('is refused outside of the folder of a service', async () => {
    await assert.rejects(planRepair(await newFolder()), {
      name: 'UsageError',
      message: /is not the folder of a service, since it has no \.yo-rc\.json; run the command in the folder/,
    });
  });
});
