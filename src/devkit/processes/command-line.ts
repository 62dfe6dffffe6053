import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Returns the command line of a process; empty if there is none. Process ids are reused, so only id and command line together
 * identify a process.
 */
export async function commandLine(pid: number): Promise<string> {
  // slim images have no `ps`, and macOS has no /proc
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const listed = process.platform === 'win32' ? byPowerShell(pid) : byPs(pid);
  return listed.then(
    ({ stdout }) => stdout,
    () => '',
  );
}

const byPs = (pid: number) => execute('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);

function byPowerShell(pid: number) {
  const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`;
  return execute('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query]);
}
