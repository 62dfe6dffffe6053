import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findOwnerFormat } from '../../generators/rendering/owner-format.ts';
import { newFolder, removeFolders } from './support/command.ts';

async function formatIn(files: Record<string, string>) {
  const folder = await newFolder();
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folder, file), text);
  return findOwnerFormat(folder);
}

const source = "const a = 'b';\n";
const without = "const a = 'b'\n";

describe("the owner's format", () => {
  afterEach(removeFolders);

  for (const [file, text] of Object.entries({
    '.prettierrc.json': '{ "semi": false, "singleQuote": true }',
    '.prettierrc': 'semi: false\nsingleQuote: true\n',
    '.prettierrc.yml': 'semi: false # ours\nsingleQuote: true\n',
    'package.json': '{ "prettier": { "semi": false, "singleQuote": true } }',
  })) {
    it(`has the options of ${file}`, async () => {
      const format = await formatIn({ [file]: text });
      assert.equal(await format?.('src/app.ts', source), without);
    });
  }

  it('formats the code blocks of Markdown, as prettier does', async () => {
    const format = await formatIn({ '.prettierrc.json': '{ "semi": false, "singleQuote": true }' });
    const block = (code: string) => `# A\n\n\`\`\`ts\n${code}\`\`\`\n`;
    assert.equal(
      await format?.('README.md', block('const a: string = "b";\n')),
      block("const a: string = 'b'\n"),
    );
    assert.equal(await format?.('README.md', block('const = ;\n')), block('const = ;\n'));
  });

  it('has the first options in the order of prettier, and those of prettier without a file', async () => {
    const format = await formatIn({
      'package.json': '{ "name": "a" }',
      '.prettierrc.json': '{ "semi": false, "singleQuote": true }',
      '.prettierrc.yaml': 'semi: true',
    });
    assert.equal(await format?.('src/app.ts', source), without);
    assert.equal(await (await formatIn({}))?.('src/app.ts', source), 'const a = "b";\n');
  });

  it('formats JSON, Markdown and package.json as prettier does, with LF', async () => {
    const format = await formatIn({ '.prettierrc.json': '{ "endOfLine": "crlf" }' });
    assert.equal(await format?.('a.json', '{"a":[1]}'), '{ "a": [1] }\n');
    assert.equal(await format?.('package.json', '{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}\n');
    assert.equal(await format?.('README.md', '* a\n'), '- a\n');
  });

  it('does not exist if a program, a plugin or an override would decide', async () => {
    for (const [file, text] of Object.entries({
      'prettier.config.js': 'throw new Error("executed")',
      '.prettierrc.toml': 'semi = false',
      '.editorconfig': 'root = true',
      '.prettierrc': '{ "plugins": ["./evil.js"] }',
      '.prettierrc.json': '{ "overrides": [] }',
      'package.json': '{ "prettier": "@company/prettier" }',
    }))
      assert.equal(await formatIn({ [file]: text }), undefined, file);
  });

  it('returns nothing for a text that does not parse, an unknown file, and a bad option', async () => {
    const format = await formatIn({});
    assert.equal(await format?.('a.ts', 'const ='), undefined);
    assert.equal(await format?.('Dockerfile', 'FROM a'), undefined);
    assert.equal(await (await formatIn({ '.prettierrc': '{"tabWidth":"x"}' }))?.('a.ts', source), undefined);
  });
});
