import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compare } from '../../../generators/output/changes.ts';
import { commitChanges } from '../../../generators/output/commit-changes.ts';
import type { Work } from '../../../generators/output/work.ts';
import { upgrades } from '../../../generators/upgrade/upgrades.ts';
import { newFolder, removeFolders } from '../support/command.ts';

const generated = 'export const one = 1;\n';
const own = "import { decimalString } from 'microservice-runtime';\nexport const price = decimalString();\n";
const upgraded = own.replace('decimalString()', 'decimalString(20, 6)');

/** The files of an owner: one as generated, edited ones, one that only the owner has, and one in .yo-keep. */
const present: Record<string, string> = {
  '.yo-base/src/generated.ts.txt': generated,
  '.yo-base/src/edited.ts.txt': generated,
  '.yo-base/src/merged.ts.txt': generated,
  'src/generated.ts': generated,
  'src/edited.ts': own.replaceAll('\n', '\r\n'),
  'src/merged.ts': `${own}${generated}`,
  'test/own.ts': own,
  'src/kept.ts': own,
  '.yo-keep': 'src/kept.ts\n',
};

describe('an update with upgrades', () => {
  let work: Work;
  beforeEach(async () => {
    const folder = await newFolder();
    for (const [file, text] of Object.entries(present)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const next = ['generated', 'edited'].map((name): [string, string] => [`src/${name}.ts`, generated]);
    work = {
      folder,
      versionBefore: '0.2.0',
      files: new Map([...next, ['src/merged.ts', `${generated}\nexport const two = 2;\n`]]),
      remembered: { generator: 'service', version: '0.3.0', answers: {} },
      upgrades,
      ...{ notes: [], steps: [], next: [] },
    };
  });
  afterEach(removeFolders);

  const effects = async () =>
    (await compare(work)).files.map(({ file, effect, why }) => [file, effect, why ?? '']);
  const read = (file: string) => readFile(path.join(work.folder, file), 'utf8');

  it("changes the owner's code with its line ends, and merges the changed code", async () => {
    assert.deepEqual(await effects(), [
      ['src/edited.ts', 'merged', 'upgraded'],
      ['src/generated.ts', 'kept', ''],
      ['src/merged.ts', 'merged', ''],
      ['test/own.ts', 'merged', 'upgraded'],
    ]);
    await commitChanges(work, await compare(work));
    assert.equal(await read('src/edited.ts'), upgraded.replaceAll('\n', '\r\n'));
    assert.equal(await read('test/own.ts'), upgraded);
    assert.equal(await read('src/merged.ts'), `${upgraded}${generated}\nexport const two = 2;\n`);
    assert.equal(await read('src/kept.ts'), own);
  });

  it('counts its files among those that must have no uncommitted changes', async () => {
    const { files } = await compare(work);
    const shared = files.filter(({ isShared }) => isShared).map(({ file }) => file);
    assert.deepEqual(shared, ['src/edited.ts', 'src/merged.ts', 'test/own.ts']);
  });

  it('changes nothing when it runs again', async () => {
    await commitChanges(work, await compare(work));
    assert.deepEqual(
      (await effects()).map(([, effect]) => effect),
      ['kept', 'kept', 'kept'],
    );
  });
});
