import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { stopWithParent } from '../processes/watchdog.ts';
import { DevError } from './dev-error.ts';

export interface ServiceProcess {
  /** Resolves to the exit code. While changes are watched a service that fails is waited for, so this does not resolve. */
  ended: Promise<number>;
  /** Lets the service drain, and resolves when it is gone. Safe to repeat. */
  stop: () => Promise<void>;
  /** Ends it at once. */
  kill: () => void;
}

/** How long the service may drain, in seconds. */
const patience = 12;

/**
 * Runs `src/main.ts` of the service through the tsx that it depends on, in a process group of its own: Ctrl-C in the
 * terminal reaches it through us alone, so that it drains once. It does not outlive this process.
 */
export async function startService(root: string, { watch }: { watch: boolean }): Promise<ServiceProcess> {
  const tsx = path.join(tsxFolder(root), 'dist', 'cli.mjs');
  const mode = watch ? ['watch', '--clear-screen=false'] : [];
  const service = spawn(process.execPath, [tsx, ...mode, 'src/main.ts'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(service, 'spawn');
  const group = -(service.pid ?? 0);
  const watchdog = stopWithParent({ target: group, signal: 'TERM', patience });
  const ended = once(service, 'exit').then(([code, signal]: unknown[]) => {
    watchdog.release();
    return exitCode(code, signal);
  });
  const kill = () => signalGroup(group);
  const stop = async () => {
    service.kill('SIGTERM');
    const timer = setTimeout(kill, patience * 1_000);
    await ended;
    clearTimeout(timer);
  };
  return { ended, stop, kill };
}

function tsxFolder(root: string): string {
  try {
    return path.dirname(createRequire(path.join(root, 'package.json')).resolve('tsx/package.json'));
  } catch (cause) {
    throw new DevError(`${root} does not have the package tsx. Run npm install.`, { cause });
  }
}

/** What a shell makes of a signal: 128 and its number. */
function exitCode(code: unknown, signal: unknown): number {
  if (typeof code === 'number') return code;
  const numbers: Record<string, number> = os.constants.signals;
  return 128 + (numbers[String(signal)] ?? 0);
}

function signalGroup(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // it is gone
  }
}
