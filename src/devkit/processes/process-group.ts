import { type ChildProcess, spawn } from 'node:child_process';

const isWindows = process.platform === 'win32';

/**
 * The options of `spawn` for a process that can be ended together with those that it starts. Windows has no process groups,
 * and would open a console window for a detached process.
 */
export const ownGroup = { detached: !isWindows, windowsHide: true };

/** Kills a process of `ownGroup` and those that it started. Does nothing if they have ended. */
export function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (isWindows) {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

/** Asks a process of `ownGroup` to end. Windows has no signals, so the process is killed there. */
export function terminate(child: ChildProcess): void {
  if (isWindows) killGroup(child);
  else child.kill('SIGTERM');
}
