import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { code, list, write } from '../../generators/rendering/code.ts';
import { render } from '../../generators/rendering/render.ts';
import { comment, json, markdown, shell, text, yaml } from '../../generators/rendering/writers.ts';
import { newFolder, removeFolders } from './support/command.ts';
import { hostile } from './support/hostile.ts';
import { documents, firstParagraph, literalsOf, parsed } from './support/shape.ts';

const check = (property: (value: string) => void) =>
  fc.assert(fc.property(hostile, property), { numRuns: 100 });
const oneLine = hostile.filter((line) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(line) && line.trim() !== '');

describe('a value in a template', () => {
  afterEach(removeFolders);

  it('must be a plain name, a number, or text of a function that quotes it', () => {
    for (const value of ['user-service', 'order item', 'user.events', '', 8001, code`a()`])
      assert.equal(write(value), String(value));
    for (const value of [
      'a"',
      "a'",
      'a`',
      'a\n',
      'a*/',
      'a<b',
      '${a}',
      'a\\',
      ' a',
      'a;',
      NaN,
      null,
      undefined,
      {},
    ])
      assert.throws(() => write(value), /is not a plain name/, JSON.stringify(value));
  });

  it('is refused with the name of the template if it is anything else', async () => {
    const file = path.join(await newFolder(), 'a.ts.ejs');
    await writeFile(file, 'const a = <%= value %>;');
    await assert.rejects(render(file, { value: '1; evil()' }), ({ message, cause }: Error) => {
      assert.match(message, /a\.ts\.ejs cannot be rendered/);
      assert.match(String(cause), /"1; evil\(\)", which is not a plain name/);
      return true;
    });
    assert.equal(await render(file, { value: text('1; evil()') }), "const a = '1; evil()';");
  });

  it('in a literal of source text is checked as well', () => {
    check((value) => {
      if (/^(?:[\w.-]+(?: [\w.-]+)*)?$/.test(value)) assert.equal(String(code`f(${value})`), `f(${value})`);
      else assert.throws(() => code`f(${value})`);
    });
    assert.equal(String(list([code`a()`, 'b'], code` | `)), 'a() | b');
  });

  it('as a string is one literal, and reads back unchanged', () => {
    check((value) => {
      const program = parsed('a.ts', `const a = { value: ${write(text(value))} };`);
      assert.deepEqual(literalsOf(program, 'value'), [value]);
      assert.deepEqual((program.program['body'] as unknown[]).length, 1);
    });
  });

  it('as JSON reads back unchanged', () =>
    check((value) => assert.deepEqual(JSON.parse(write(json({ value }))), { value })));

  it('as a scalar of YAML reads back unchanged, by the rules of 1.1 and of 1.2', () => {
    for (const version of ['1.1', '1.2'] as const)
      check((value) => {
        if (!/\p{Cs}/u.test(value))
          assert.deepEqual(documents(`a: ${write(yaml(value))}\nb: c\n`, version), [{ a: value, b: 'c' }]);
      });
    assert.equal(write(yaml('user')), 'user');
  });

  it('in a comment does not end it', () => {
    check((value) => {
      const block = parsed(
        'a.ts',
        `/** ${write(comment(value))} */\nf();\n// ${write(comment(value))}\ng();\n`,
      );
      assert.deepEqual([block.comments.length, (block.program['body'] as unknown[]).length], [2, 2]);
      assert.deepEqual(documents(`# ${write(comment(value))}\na: b\n`), [{ a: 'b' }]);
      assert.doesNotMatch(write(comment(value)), /-->|<!--/);
    });
  });

  it('as a word of a shell is that word', () => {
    const values = fc.sample(hostile, 200).filter((value) => !/\p{Cs}/u.test(value) && !value.includes('\0'));
    const script = values.map((value) => `printf '%s\\0' ${write(shell(value))}\n`).join('');
    const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(printed.split('\0').slice(0, -1), values);
  });

  it('as a paragraph of Markdown is rendered as the same line', async () => {
    await fc.assert(
      fc.asyncProperty(oneLine, async (line) => {
        const written = `# A heading\n\n${write(await markdown(line))}\n\n## Another\n`;
        assert.equal(firstParagraph(written), line.trim().replaceAll(/ +/g, ' '), written);
      }),
      { numRuns: 50 },
    );
  });
});
