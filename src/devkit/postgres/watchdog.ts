import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface WatchdogOptions {
  fleeting: boolean;
  removeAfterwards?: string;
}

export interface Watchdog {
  /** Ends the watchdog: what it watched is gone. */
  release(): void;
}

/** Sleeps until its input closes, which the kernel does when the parent dies in whatever way. */
const script = `
read -r _
kill -"$2" "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
  kill -0 "$1" 2>/dev/null || break
  sleep 0.1
done
[ -z "$3" ] || rm -rf "$3"
`;

/**
 * Sees to it that `server` ends when this process does, even by SIGKILL. Does nothing on Windows, which has no POSIX shell.
 * It does not keep this process alive.
 */
export function stopWithParent(server: ChildProcess, options: WatchdogOptions): Watchdog {
  if (process.platform === 'win32') return { release: () => undefined };
  const signal = options.fleeting ? 'QUIT' : 'INT';
  const watchdog = spawn(
    'sh',
    ['-c', script, 'sh', String(server.pid), signal, options.removeAfterwards ?? ''],
    {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  watchdog.on('error', () => undefined);
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return { release: () => void watchdog.kill('SIGKILL') };
}
