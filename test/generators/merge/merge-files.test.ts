import assert from 'node:assert/strict';
import type { Format } from '../../../generators/merge/merge-text.ts';
import { file, type Files, merge, mine, newer, old, outcome } from './files-fixture.ts';

describe('the merge of a file', () => {
  it('keeps it if the generated text is the same, in any state', async () => {
    for (const text of [old, mine, ''])
      assert.deepEqual(await outcome({ [file]: old }, { [file]: text }, { [file]: old }), {
        file,
        effect: 'kept',
      });
    assert.deepEqual(await outcome({ [file]: old }, {}, { [file]: old }), {
      file,
      effect: 'kept',
      why: 'deleted',
    });
  });

  it('writes the generated text if the owner changed nothing', async () => {
    assert.deepEqual(await outcome({ [file]: old }, { [file]: old }, { [file]: newer }), {
      file,
      effect: 'written',
      text: newer,
    });
  });

  it('writes a new file', async () => {
    assert.deepEqual(await outcome({}, {}, { [file]: old }), { file, effect: 'written', text: old });
  });

  it('adds the generated changes to an edited file', async () => {
    assert.deepEqual(await outcome({ [file]: old }, { [file]: mine }, { [file]: newer }), {
      file,
      effect: 'merged',
      text: 'mine\none\ntwo\nthree\nfour\n',
    });
  });

  it('keeps a file that already has the generated text, with other line ends too', async () => {
    const disk = newer.replaceAll('\n', '\r\n');
    assert.deepEqual(await outcome({ [file]: old }, { [file]: disk }, { [file]: newer }), {
      file,
      effect: 'kept',
    });
  });

  it('marks its conflicts and counts them', async () => {
    const result = await outcome(
      { [file]: old },
      { [file]: 'one\nmine\nthree\n' },
      { [file]: 'one\ntheirs\nthree\n' },
    );
    assert.equal(result?.effect, 'conflict');
    assert.equal(result.conflicts, 1);
    assert.match(result.text ?? '', /<<<<<<< yours \(README\.md\)/);
  });

  it('leaves it deleted if the owner deleted it', async () => {
    assert.deepEqual(await outcome({ [file]: old }, {}, { [file]: newer }), {
      file,
      effect: 'left',
      why: 'deleted',
    });
  });

  it('leaves an edited file to the owner when the templates drop it', async () => {
    assert.deepEqual(await outcome({ [file]: old }, { [file]: mine }, {}), {
      file,
      effect: 'left',
      why: 'yours now',
    });
  });

  it('removes an unedited file when the templates drop it', async () => {
    assert.deepEqual(await outcome({ [file]: old }, { [file]: old }, {}), { file, effect: 'removed' });
    assert.equal(await outcome({ [file]: old }, {}, {}), undefined);
  });

  it('keeps it if both sides added the same text, and marks two texts without a base', async () => {
    assert.deepEqual(await outcome({}, { [file]: old }, { [file]: old }), { file, effect: 'kept' });
    const result = await outcome({}, { [file]: mine }, { [file]: newer });
    assert.equal(result?.effect, 'conflict');
    assert.match(result.text ?? '', /\|{7} generated before \(0\.2\.0\)\n=======\n/);
  });

  it('does not touch it while conflicts of an earlier merge are marked in it, and offers the changes again', async () => {
    const first = await merge(
      { [file]: old },
      { [file]: 'one\nmine\nthree\n' },
      { [file]: 'one\ntheirs\nthree\n' },
    );
    const marked = first.outcomes[0]?.text ?? '';
    const second = await merge(Object.fromEntries(first.base), { [file]: marked }, { [file]: newer });
    assert.deepEqual(second.outcomes, [{ file, effect: 'conflict', why: 'unresolved' }]);
    assert.deepEqual([...second.base], [[file, 'one\ntheirs\nthree\n']]);
  });

  it('names it while conflicts are marked in it, also if the templates kept, dropped or moved it', async () => {
    const { outcomes } = await merge({ a: old }, { a: 'one\nmine\nthree\n' }, { a: 'one\ntheirs\nthree\n' });
    const marked = outcomes[0]?.text ?? '';
    const left = { file: 'a', effect: 'conflict', why: 'unresolved' };
    const moves = [{ from: 'a', to: 'b', since: '0.3.0' }];
    const generated: Files[] = [{ a: old }, {}, { b: newer }];
    for (const next of generated) {
      const again = await merge({ a: old }, { a: marked }, next, { moves });
      assert.deepEqual([again.outcomes, [...again.base]], [[left], [['a', old]]]);
    }
    for (const keep of [['a'], []])
      assert.equal((await outcome({ a: old }, { a: marked }, { a: old }, { keep }))?.effect, 'conflict');
  });
});

describe('a new file', () => {
  const next = { '.prettierrc.json': '{}\n', 'src/a.ts': 'a;\n', 'src/new.ts': 'b;\n' };
  const { 'src/new.ts': _new, ...before } = next;
  const format = async (_: string, text: string) => text.replaceAll(';', '');
  const newText = async (disk: Files) => {
    const { outcomes } = await merge(before, disk, next, { format });
    return outcomes.find((each) => each.file === 'src/new.ts')?.text;
  };

  it('has the layout of an owner whose formatting options differ', async () => {
    const options = { '.prettierrc.json': '{ "semi": false }\n' };
    assert.equal(await newText({ ...options, 'src/a.ts': 'a\n' }), 'b\n');
    assert.equal(await newText({ ...options, 'src/a.ts': 'a;\n' }), 'b;\n');
    assert.equal(await newText({ ...before, 'src/a.ts': 'a\n' }), 'b;\n');
  });
});

describe('a file that the templates drop', () => {
  const dropped = (text: string, format?: Format) =>
    outcome({ 'src/a.ts': "a('b');\n" }, { 'src/a.ts': text }, {}, { ...(format && { format }) });

  it('is removed if the owner only reformatted it', async () => {
    assert.equal((await dropped('a("b");\r\n'))?.effect, 'removed');
    assert.equal((await dropped("a( 'b' )\n"))?.effect, 'removed');
    const format: Format = async (_, text) => text.replace(';', ' ;');
    assert.equal((await dropped("a('b') ;\n", format))?.effect, 'removed');
  });

  it('stays if the owner changed its code or its comments', async () => {
    for (const text of ["a('c');\n", "a('b'); // mine\n", "a('b'\n"])
      assert.deepEqual(await dropped(text), { file: 'src/a.ts', effect: 'left', why: 'yours now' });
  });
});

describe('the placeholder of an empty folder', () => {
  it('is written in a new folder only', async () => {
    const placeholder = 'seeds/.gitkeep';
    assert.equal((await outcome({}, {}, { [placeholder]: '' }))?.effect, 'written');
    const { outcomes, base } = await merge({ a: old }, { a: old }, { a: old, [placeholder]: '' });
    assert.deepEqual([outcomes.map((each) => each.file), [...base.keys()]], [['a'], ['a']]);
  });
});

describe('the base of the next merge', () => {
  it('is the generated text, after a conflict and for a deleted file too', async () => {
    const { base } = await merge(
      { a: old, b: old, c: old },
      { a: 'one\nmine\nthree\n', c: old },
      { a: 'one\ntheirs\nthree\n', b: newer },
    );
    assert.deepEqual(
      [...base],
      [
        ['a', 'one\ntheirs\nthree\n'],
        ['b', newer],
      ],
    );
  });
});

describe('a file that is never merged', () => {
  it('is a migration or a seed: it is born once', async () => {
    for (const born of ['migrations/1_a.ts', 'seeds/user.ts']) {
      assert.equal((await outcome({}, {}, { [born]: old }))?.effect, 'written');
      const kept = { file: born, effect: 'kept', why: 'born once' };
      assert.deepEqual(await outcome({ [born]: old }, { [born]: old }, { [born]: newer }), kept);
      assert.deepEqual(await outcome({ [born]: old }, {}, { [born]: newer }), kept);
      assert.deepEqual(await outcome({ [born]: old }, { [born]: old }, {}), kept);
      assert.deepEqual(await outcome({}, { [born]: mine }, { [born]: newer }), kept);
    }
  });

  it('remembers its birth when the templates drop it', async () => {
    const { base } = await merge({ 'migrations/1.ts': old }, { 'migrations/1.ts': old }, {});
    assert.deepEqual([...base], [['migrations/1.ts', old]]);
  });

  it('is a lock file', async () => {
    assert.equal(
      (
        await outcome(
          { 'package-lock.json': old },
          { 'package-lock.json': mine },
          { 'package-lock.json': newer },
        )
      )?.effect,
      'kept',
    );
  });

  it('is a contract: a changed one is left to the command that writes it from the code', async () => {
    for (const contract of ['asyncapi.json', 'openapi.json']) {
      assert.deepEqual(await outcome({ [contract]: old }, { [contract]: mine }, { [contract]: newer }), {
        file: contract,
        effect: 'left',
        why: 'from the code',
      });
      assert.equal(
        (await outcome({ [contract]: old }, { [contract]: old }, { [contract]: newer }))?.effect,
        'written',
      );
    }
  });

  it('is named while conflicts are marked in it, also in .yo-keep', async () => {
    const marked = '<<<<<<< yours (README.md)\n';
    assert.deepEqual(
      (await merge({ [file]: old }, { [file]: marked }, { [file]: newer }, { keep: [file] })).outcomes,
      [{ file, effect: 'conflict', why: 'unresolved' }],
    );
  });

  it('is named in .yo-keep, and gets all changes once it is not', async () => {
    for (const keep of [[file], ['docs/', '*.md'], [`/${file}`], ['# all', 'READ*']]) {
      const { outcomes, base } = await merge({ [file]: old }, { [file]: mine }, { [file]: newer }, { keep });
      assert.deepEqual(outcomes, [{ file, effect: 'left', why: 'in .yo-keep' }]);
      assert.deepEqual([...base], [[file, old]]);
    }
    for (const keep of [['READ'], ['docs/'], [''], ['# README.md'], ['src/*.md']])
      assert.equal(
        (await outcome({ [file]: old }, { [file]: mine }, { [file]: newer }, { keep }))?.effect,
        'merged',
      );
  });
});
