import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadParser } from '../../../generators/merge/languages/syntax.ts';
import { upgradedFiles, upgrades, upgradesBetween } from '../../../generators/upgrade/upgrades.ts';

const page = path.resolve(import.meta.dirname, '../../../docs/upgrading.md');

/** The blocks of the page that show an upgrade: the text before, and the text after. */
async function shown(number: number): Promise<string[]> {
  const [, section = ''] = (await readFile(page, 'utf8')).split(`\n### ${number}. `);
  return [...(section.split('\n### ')[0] ?? '').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  );
}

const changed = async (text: string, number = 1) => {
  const upgrade = upgrades.find((each) => each.number === number);
  assert.ok(upgrade);
  return upgrade.change(text, await loadParser('babel-ts'));
};

describe("an upgrade of the owner's code", () => {
  for (const { number, title } of upgrades) {
    it(`${number} (${title}) changes the code as docs/upgrading.md shows, once`, async () => {
      const [before = '', after = ''] = await shown(number);
      assert.notEqual(before, '');
      assert.equal(await changed(before, number), after);
      assert.equal(await changed(after, number), after);
    });
  }

  it('changes only calls of the import of the runtime, under any name', async () => {
    const own = "import { decimalString } from './decimals.ts';\nexport const price = decimalString();\n";
    assert.equal(await changed(own), own);
    assert.equal(
      await changed(
        "import { decimalString as money } from 'microservice-runtime';\nexport const price = money(12);\n",
      ),
      "import { decimalString as money } from 'microservice-runtime';\nexport const price = money(12, 6);\n",
    );
  });

  it('leaves a text that does not parse, such as one with markers of a merge', async () => {
    const text = "import { decimalString } from 'microservice-runtime';\n<<<<<<< yours\ndecimalString();\n";
    assert.equal(await changed(text), text);
  });

  it('runs from the version of the service to the present one', () => {
    const numbers = (before: string, now: string) => upgradesBetween(before, now).map(({ number }) => number);
    assert.deepEqual(numbers('0.2.0', '0.3.0'), [1]);
    assert.deepEqual(numbers('0.2.0', '1.4.2'), [1]);
    assert.deepEqual(numbers('0.2.0', '0.2.1'), []);
    assert.deepEqual(numbers('0.3.0', '0.4.0'), []);
  });

  it('changes code in src and test only', async () => {
    const text = "import { decimalString } from 'microservice-runtime';\ndecimalString();\n";
    const files = ['src/a.ts', 'test/a.test.ts', 'migrations/a.ts', 'src/a.md', 'src/a.js'];
    const found = await upgradedFiles(new Map(files.map((file) => [file, text])), upgrades);
    assert.deepEqual([...found.keys()], ['src/a.ts', 'test/a.test.ts']);
  });
});
