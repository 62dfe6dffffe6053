import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const author = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];

/** Runs git in a folder. Rejects if it fails. */
export const gitAt = (cwd: string, ...args: string[]) =>
  promisify(execFile)('git', [...author, ...args], { cwd });

/** Commits all files of a folder. */
export async function commitAt(folder: string, message: string): Promise<void> {
  await gitAt(folder, 'add', '--all');
  await gitAt(folder, 'commit', '--quiet', '--message', message);
}
