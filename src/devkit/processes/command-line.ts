import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The command line of a process; empty when there is no such process. With the process id it tells whether a process is
 * still the one that it was, since ids are handed out again.
 */
export async function commandLine(pid: number): Promise<string> {
  // slim images have no `ps`, and macOS has no /proc
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const listed = execute('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
  return listed.then(
    ({ stdout }) => stdout,
    () => '',
  );
}
