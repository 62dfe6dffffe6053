import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { stopWithParent } from '../../processes/watchdog.ts';
import { DevError } from '../environment/dev-error.ts';
import type { Environment } from '../environment/environment.ts';
import type { Output } from './output.ts';

export interface ServiceProcess {
  /** Resolves to the exit code when it has ended, and all that it has started with it. */
  ended: Promise<number>;
  /** Lets the service drain, and resolves when it is gone. Safe to repeat. */
  stop: () => Promise<void>;
  /** Ends it at once. */
  kill: () => void;
}

export interface ServiceProcessOptions {
  root: string;
  environment: Environment;
  /** Gets what the service prints; without it, the service prints to our terminal itself. */
  output?: Output;
}

/** How long the service may drain, in seconds. */
const patience = 12;

/**
 * Runs `src/main.ts` of the service through the tsx that it depends on, in a process group of its own: Ctrl-C in the
 * terminal reaches it through us alone, so that it drains once. It does not outlive this process.
 */
export async function startService({
  root,
  environment,
  output,
}: ServiceProcessOptions): Promise<ServiceProcess> {
  const service = spawn(process.execPath, ['--import', tsxOf(root), 'src/main.ts'], {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', output ? 'pipe' : 'inherit', output ? 'pipe' : 'inherit'],
  });
  for (const stream of [service.stdout, service.stderr]) if (stream) output?.pass(stream);
  await once(service, 'spawn');
  const group = -(service.pid ?? 0);
  const kill = () => signalGroup(group);
  const watchdog = stopWithParent({ target: group, signal: 'TERM', patience });
  const closed = once(service, 'close');
  const ended = once(service, 'exit').then(async ([code, signal]: unknown[]) => {
    kill(); // what it started and left
    watchdog.release();
    await Promise.race([closed, delay(500)]); // its last lines
    return exitCode(code, signal);
  });
  const stop = async () => {
    service.kill('SIGTERM');
    const timer = setTimeout(kill, patience * 1_000);
    await ended;
    clearTimeout(timer);
  };
  return { ended, stop, kill };
}

/** The loader of tsx as seen from the service. Throws a DevError where it is not installed. */
export function tsxOf(root: string): string {
  try {
    return pathToFileURL(createRequire(path.join(root, 'package.json')).resolve('tsx')).href;
  } catch (cause) {
    throw new DevError(`The package tsx is not installed in ${root}. Run npm install there.`, { cause });
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
