import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compare } from '../../generators/output/changes.ts';
import { commitChanges } from '../../generators/output/commit-changes.ts';
import { reportLines, resultOf } from '../../generators/output/report.ts';
import type { Work } from '../../generators/output/work.ts';
import { newFolder, removeFolders } from './support/command.ts';

const workOf = (folder: string, text: string): Work => ({
  folder,
  versionBefore: '0.2.0',
  files: new Map([['src/a.ts', text]]),
  remembered: { generator: 'service', version: '0.2.0', answers: { name: 'user' } },
  notes: [],
  steps: [],
  next: [],
});

describe('a run that writes only the memory of the generator', () => {
  afterEach(removeFolders);

  it('says so, and the next run says that it wrote nothing', async () => {
    const folder = path.join(await newFolder(), 'user-service');
    const first = workOf(folder, 'one();\n');
    assert.equal(await commitChanges(first, await compare(first)), true);
    await writeFile(path.join(folder, 'src/a.ts'), 'two();\n');
    const reportOf = async () => {
      const later = workOf(folder, 'two();\n');
      const changes = await compare(later);
      const ending = { dryRun: false, written: await commitChanges(later, changes) };
      const { written } = resultOf(later, changes, ending) as { written: boolean };
      return [written, reportLines(later, changes, ending).join('\n').replace(/^\S+ /, '')];
    };
    assert.deepEqual(await reportOf(), [true, 'is up to date; only .yo-rc.json and .yo-base/ were written.']);
    assert.deepEqual(await reportOf(), [false, 'is up to date; nothing was written.']);
  });
});
