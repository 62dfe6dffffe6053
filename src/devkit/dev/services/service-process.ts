import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { killGroup, ownGroup, terminate } from '../../processes/process-group.ts';
import { stopWithParent } from '../../processes/watchdog.ts';
import { DevError } from '../environment/dev-error.ts';
import type { Environment } from '../environment/environment.ts';
import type { Output } from '../output/output.ts';

export interface ServiceProcess {
  /** Resolves to the exit code when the service and every process that it started have ended. */
  ended: Promise<number>;
  /** Lets the service drain, and resolves when it has ended. Safe to repeat. */
  stop: () => Promise<void>;
  /** Kills the service. */
  kill: () => void;
}

export interface ServiceProcessOptions {
  root: string;
  environment: Environment;
  /** Receives the output of the service. */
  output: Output;
}

/** The time that the service has to drain, in seconds. */
const patience = 12;

/**
 * Runs the service's `src/main.ts` with its own tsx, in a process group of its own: Ctrl-C in the terminal reaches it only
 * through us, so it drains once. The service does not outlive this process.
 */
export async function startServiceProcess({
  root,
  environment,
  output,
}: ServiceProcessOptions): Promise<ServiceProcess> {
  const { pass } = output;
  const service = spawn(process.execPath, ['--import', tsxOf(root), 'src/main.ts'], {
    cwd: root,
    env: environment,
    ...ownGroup,
    stdio: ['ignore', pass ? 'pipe' : 'inherit', pass ? 'pipe' : 'inherit'],
  });
  for (const name of ['stdout', 'stderr'] as const) if (service[name]) pass?.(service[name], name);
  await once(service, 'spawn');
  const group = -(service.pid ?? 0);
  const kill = () => killGroup(service);
  const watchdog = stopWithParent({ target: group, signal: 'TERM', patience });
  const closed = once(service, 'close');
  const ended = once(service, 'exit').then(async ([code, signal]: unknown[]) => {
    kill(); // processes that it started and left behind
    watchdog.release();
    await Promise.race([closed, delay(500)]); // the last lines of output
    return exitCode(code, signal);
  });
  const stop = async () => {
    terminate(service);
    const timer = setTimeout(kill, patience * 1_000);
    await ended;
    clearTimeout(timer);
  };
  return { ended, stop, kill };
}

/** Returns the path of the service's tsx loader. Throws a DevError if tsx is not installed. */
export function tsxOf(root: string): string {
  try {
    return pathToFileURL(createRequire(path.join(root, 'package.json')).resolve('tsx')).href;
  } catch (cause) {
    throw new DevError(`The package tsx is not installed in ${root}. Run npm install there.`, { cause });
  }
}

/** Returns the exit code like a shell: for a signal, 128 plus its number. */
function exitCode(code: unknown, signal: unknown): number {
  if (typeof code === 'number') return code;
  const numbers: Record<string, number> = os.constants.signals;
  return 128 + (numbers[String(signal)] ?? 0);
}
