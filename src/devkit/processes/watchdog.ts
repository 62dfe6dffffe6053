import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface WatchOrder {
  /** A process id; negative for a whole process group. */
  target: number;
  signal: 'TERM' | 'INT' | 'QUIT';
  /** Seconds to wait before SIGKILL. */
  patience: number;
  /** A directory to delete at the end. */
  remove?: string;
}

export interface Watchdog {
  /** Ends the watchdog, because the watched process is gone. */
  release: () => void;
}

/** Blocks until its input closes; the kernel closes it when the parent dies for any reason. */
const script = `
target=$1 signal=$2 tenths=$3 remove=$4
read -r _
kill -s "$signal" -- "$target" 2>/dev/null
while [ "$tenths" -gt 0 ] && kill -s 0 -- "$target" 2>/dev/null; do tenths=$((tenths - 1)); sleep 0.1; done
kill -s KILL -- "$target" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
`;

/**
 * Ends a process when this one ends, even by SIGKILL. Does not keep this process alive. Does nothing on Windows, which has no
 * POSIX shell.
 */
export function stopWithParent({ target, signal, patience, remove = '' }: WatchOrder): Watchdog {
  if (process.platform === 'win32') return { release: () => undefined };
  const watchdog = spawn('sh', ['-c', script, 'sh', String(target), signal, String(patience * 10), remove], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return { release: () => void watchdog.kill('SIGKILL') };
}
