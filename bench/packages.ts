import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work` with a temporary folder into which npm has installed `dependencies`. Throws npm's output if that fails. */
export async function withPackages<T>(
  dependencies: Record<string, string>,
  work: (home: string) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'bench-packages-'));
  try {
    await writeFile(join(home, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const { status, stderr, error } = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts'],
      {
        cwd: home,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`npm install of the peers: ${error?.message ?? stderr}`);
    return await work(home);
  } finally {
    await rm(home, { recursive: true });
  }
}
