import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the command. */
  signal?: AbortSignal;
}

/** Runs a command; resolves to its output, and rejects with that if it fails. */
export async function execute(
  command: string,
  parameters: string[],
  options: CommandOptions,
): Promise<string> {
  const child = start(command, parameters, options);
  const output = collect(child);
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (status === 0) return output();
  throw new Error(`${command} ${parameters.join(' ')} ended with ${status ?? signal}:\n${output()}`);
}

/** Starts a command and does not wait for it. */
export const start = (
  command: string,
  parameters: string[],
  { cwd, env = process.env, signal }: CommandOptions,
): ChildProcess => spawn(command, parameters, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });

/** Returns a function that returns the output of a child so far. */
export function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Ends a child with SIGTERM, and resolves when it has exited; after `patience` ms it is killed, and the call rejects. */
export async function end(child: ChildProcess, patience = 15_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended;
  clearTimeout(timer);
  if (child.signalCode === 'SIGKILL')
    throw new Error(`process ${child.pid} did not end within ${patience} ms of SIGTERM`);
}
