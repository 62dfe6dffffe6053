import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end; resolves to what it printed, rejects with that when it fails. */
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

/** Starts a command and leaves it running. */
export const start = (
  command: string,
  parameters: string[],
  { cwd, env = process.env }: CommandOptions,
): ChildProcess => spawn(command, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });

/** What a child has printed so far. */
export function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Asks a child to end with SIGTERM, and resolves when it has; after `patience` ms it is killed and that is an error. */
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
