import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Returns the working directory of a process; undefined if this user cannot determine it, and on Windows. */
export async function workingDirectory(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  const listed = execute('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { timeout: 3_000 });
  return listed.then(
    ({ stdout }) => /^n(.*)$/m.exec(stdout)?.[1],
    () => undefined,
  );
}
