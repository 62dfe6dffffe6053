import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';

/** The part of xterm.js (https://xtermjs.org) that a test needs: it obeys the control sequences, without a window. */
interface Xterm {
  write(data: Uint8Array, done: () => void): void;
  buffer: {
    active: { length: number; getLine(y: number): XtermLine | undefined };
  };
  dispose(): void;
}
interface XtermLine {
  /** Whether the terminal continued the line before, which was too long. */
  isWrapped: boolean;
  translateToString(trim: boolean): string;
}
type XtermOptions = { cols: number; rows: number; scrollback: number; allowProposedApi: boolean };
const require = createRequire(import.meta.url);

export interface TerminalOptions {
  cwd: string;
  /** The width of the terminal. */
  columns: number;
  env?: NodeJS.ProcessEnv;
}

/** A program in a pseudo terminal, and the screen that a person sees. */
export interface TerminalSession {
  /** The rows of the screen, also those above it, without blanks at their ends and without empty rows at the end. */
  screen: () => string[];
  /** The rows that the terminal began because the line before was wider than the terminal. */
  overflow: () => string[];
  /** Resolves when a row or several match. */
  shows: (pattern: RegExp) => Promise<void>;
  type: (keys: string) => void;
  /** Resolves to the exit code of the program. */
  ended: Promise<number | null>;
  /** Ends the program if it still runs. */
  close: () => Promise<void>;
}

export const ctrlC = '\u0003';
const ROWS = 50;

/** Reports whether this machine has util-linux's `script`; throws in CI if not. */
export function hasTerminal(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  if (/util-linux/.test(stdout ?? '')) return true;
  if (process.env.CI) throw new Error("util-linux's script is not on the PATH");
  console.log("    skipped: a pseudo terminal needs util-linux's script");
  return false;
}

/** Runs a command in a pseudo terminal of the given width. */
export function openTerminal(command: readonly string[], options: TerminalOptions): TerminalSession {
  const { cwd, columns, env = process.env } = options;
  const words = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const line = `stty cols ${columns} rows ${ROWS}; exec ${words}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { ...env, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { Terminal } = require('@xterm/headless') as { Terminal: new (options: XtermOptions) => Xterm };
  const xterm = new Terminal({ cols: columns, rows: ROWS, scrollback: 5_000, allowProposedApi: true });
  child.stdin.on('error', () => undefined); // keys for a program that has just ended
  let written = Promise.resolve();
  child.stdout.on('data', (data: Uint8Array) => {
    written = written.then(() => new Promise((resolve) => xterm.write(data, resolve)));
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ended = closed.then(async (code) => {
    await written;
    return code;
  });
  const rows = (): XtermLine[] => {
    const { active } = xterm.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)).filter(
      (row) => row !== undefined,
    );
  };
  const texts = (shown: XtermLine[]): string[] => shown.map((row) => row.translateToString(true));
  const screen = (): string[] => texts(rows()).join('\n').trimEnd().split('\n');
  return {
    screen,
    overflow: () => texts(rows().filter((row) => row.isWrapped)),
    shows: async (pattern) => {
      const isShown = () => pattern.test(screen().join('\n'));
      await waitFor(() => isShown() || child.exitCode !== null, { timeout: 120_000 }).catch(() => undefined);
      await written;
      assert(isShown(), `${String(pattern)} is not on the screen:\n${screen().join('\n')}`);
    },
    type: (keys) => void child.stdin.write(keys),
    ended,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
      xterm.dispose();
    },
  };
}
