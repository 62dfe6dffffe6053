import assert from 'node:assert/strict';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { newFolder, removeFolders, run } from '../support/command.ts';
import { compile } from '../support/compiled.ts';
import { writeFirstVersion } from './first-version.ts';

const sources = ['src', 'test', 'migrations', 'seeds'];

describe('update of a service that version 0.2.0 wrote', function () {
  this.timeout(60_000);
  after(removeFolders);

  it('merges every file without a conflict, and the result compiles', async () => {
    const cwd = await newFolder();
    const folder = path.join(cwd, 'order-service');
    await writeFirstVersion(folder);
    const { code, output, errors } = await run(['update', '--json'], { cwd: folder });
    assert.deepEqual([code, errors], [0, []], output);
    assert.doesNotMatch(output, /"(conflict|left)"/);
    const compiled = path.join(cwd, 'compiled');
    await mkdir(compiled);
    for (const each of sources)
      await cp(path.join(folder, each), path.join(compiled, each), { recursive: true });
    assert.deepEqual(await compile(compiled), []);
  });
});
