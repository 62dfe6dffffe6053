import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import type { Readable } from 'node:stream';
import type { Environment } from '../../dev/environment/environment.ts';
import { killGroup, ownGroup, terminate } from '../../processes/process-group.ts';
import { stopWithParent } from '../../processes/watchdog.ts';

export interface ServiceCommand {
  /** Resolves to the exit code when the program has ended; for a signal, 128 plus its number. */
  ended: Promise<number>;
  /** Asks the program to end. */
  stop: () => void;
  /** Kills the program and the processes that it started. */
  kill: () => void;
}

export interface ServiceCommandOptions {
  root: string;
  /** The file that Node runs, and its arguments. */
  args: readonly string[];
  environment: Environment;
  /** Receives the standard output and the standard error of the program. */
  pass: (stream: Readable, name: 'stdout' | 'stderr') => void;
}

/** The time that the program has to end if this process dies, in seconds. */
const patience = 10;

/** Runs a program in the folder of a service, in a process group of its own. It does not outlive this process. */
export async function startServiceCommand(options: ServiceCommandOptions): Promise<ServiceCommand> {
  const { root, args, environment, pass } = options;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    ...ownGroup,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  pass(child.stdout, 'stdout');
  pass(child.stderr, 'stderr');
  const closed = once(child, 'close');
  const ended = endOf(closed);
  await once(child, 'spawn');
  const watchdog = stopWithParent({ target: -(child.pid ?? 0), signal: 'TERM', patience });
  void closed.finally(watchdog.release).catch(() => undefined);
  return { ended, stop: () => terminate(child), kill: () => killGroup(child) };
}

async function endOf(closed: Promise<unknown[]>): Promise<number> {
  const [code, signal] = await closed;
  if (typeof code === 'number') return code;
  const numbers: Record<string, number> = os.constants.signals;
  return 128 + (numbers[String(signal)] ?? 0);
}
