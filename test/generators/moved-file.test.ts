import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compare } from '../../generators/output/changes.ts';
import { commitChanges } from '../../generators/output/commit-changes.ts';
import { reportLines } from '../../generators/output/report.ts';
import type { Work } from '../../generators/output/work.ts';
import { filesIn, newFolder, removeFolders } from './support/command.ts';

const answers = { name: 'user' };
const workOf = (folder: string, version: string, files: Record<string, string>): Work => ({
  folder,
  files: new Map(Object.entries(files)),
  remembered: { generator: 'service', version, answers },
  notes: [],
  steps: [],
  next: [],
});

describe('a file that the templates of a newer version move', () => {
  afterEach(removeFolders);

  it('follows with the edits of its owner, and its base follows too', async () => {
    const folder = path.join(await newFolder(), 'user-service');
    const first = workOf(folder, '0.2.0', { 'src/users/old.ts': 'one\ntwo\nthree\n' });
    await commitChanges(first, await compare(first));
    await writeFile(path.join(folder, 'src/users/old.ts'), 'mine\none\ntwo\nthree\n');

    const later: Work = {
      ...workOf(folder, '0.3.0', { 'src/user.ts': 'one\ntwo\nthree\nfour\n' }),
      versionBefore: '0.2.0',
      moves: [{ from: 'src/users/old.ts', to: 'src/user.ts', since: '0.3.0' }],
    };
    const changes = await compare(later);
    assert.deepEqual(
      reportLines(later, changes, { dryRun: false }).filter((line) => line.startsWith('  ')),
      ['  merged    src/user.ts (moved from src/users/old.ts)'],
    );
    await commitChanges(later, changes);
    const files = await filesIn(folder);
    assert.deepEqual([...files.keys()], ['.yo-base/src/user.ts.txt', '.yo-rc.json', 'src/user.ts']);
    assert.equal(await readFile(path.join(folder, 'src/user.ts'), 'utf8'), 'mine\none\ntwo\nthree\nfour\n');

    const again = { ...later, versionBefore: '0.3.0' };
    await commitChanges(again, await compare(again));
    assert.deepEqual(await filesIn(folder), files);
  });
});
