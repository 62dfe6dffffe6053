import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Merge } from './merges.ts';

/** Resolves to the texts that `git merge-file --diff3` merges. */
export async function mergeWithGit(home: string, merges: readonly Merge[]): Promise<string[]> {
  const folder = path.join(home, 'git');
  await mkdir(folder);
  const texts: string[] = [];
  for (const { base, next, disk } of merges) {
    for (const [name, text] of Object.entries({ base, next, disk }))
      await writeFile(path.join(folder, name), text);
    const args = ['merge-file', '-p', '--diff3', 'disk', 'base', 'next'];
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    if (status === null || status > 127) throw new Error(`git merge-file ended with ${status}: ${stderr}`);
    texts.push(stdout);
  }
  return texts;
}
