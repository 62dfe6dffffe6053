import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { waitFor } from '../../../src/devkit/testing.ts';
import { kill } from './processes.ts';

export interface DevProcess {
  pid: number;
  /** All that it and the service have printed. */
  output: () => string;
  /** Resolves when the output matches. */
  shows: (pattern: RegExp) => Promise<void>;
  /** SIGINT goes to the whole process group, as Ctrl-C in a terminal does. */
  signal: (signal: NodeJS.Signals) => void;
  /** Resolves to the exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  /** Sends a signal, and resolves like `ended`. */
  endBy: (signal: NodeJS.Signals) => Promise<number | string>;
}

const cli = path.resolve(import.meta.dirname, '../../../src/devkit/cli.ts');

/**
 * Runs `microservice-devkit` in a folder: from source, with nothing of our own environment; in a shell of its own, as npm
 * does it, if told so. Signals then reach the shell.
 */
export function runDevkit(
  cwd: string,
  args: string[],
  environment: Record<string, string> = {},
  parent: 'us' | 'shell' = 'us',
): DevProcess {
  const { PATH = '', HOME = '' } = process.env;
  const shell = parent === 'shell' ? ['sh', '-c', '"$@"; true', 'sh'] : [];
  const [command = '', ...rest] = [...shell, process.execPath, '--import', 'tsx', cli, ...args];
  const child = spawn(command, rest, {
    cwd,
    env: { PATH, HOME, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close').then(([code, signal]: (number | string)[]) => code ?? signal ?? '');
  const signal = (name: NodeJS.Signals) => {
    if (name === 'SIGINT' && child.pid) kill(-child.pid, name);
    else child.kill(name);
    if (name === 'SIGKILL') for (const stream of [child.stdout, child.stderr]) stream.destroy();
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    shows: async (pattern) => {
      const ready = () => pattern.test(output) || child.exitCode !== null;
      await waitFor(ready, { timeout: 120_000, message: String(pattern) }).catch(() => undefined);
      assert.match(output, pattern);
    },
    signal,
    ended,
    endBy: (name) => {
      signal(name);
      return ended;
    },
  };
}
