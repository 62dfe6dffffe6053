import { createRequire } from 'node:module';
import path from 'node:path';
import { bundledCommand, cleanEnvironment, type Outcome } from './command.ts';

interface Program {
  main: (args: string[]) => Promise<boolean>;
}

let isRunning = false;

/**
 * Runs the bundled `create-microservice` like `run`, without a terminal, but in this process: the start of a process takes most of
 * the time of a call. Rejects if another call runs.
 */
export async function runHere(args: string[], { cwd }: { cwd: string }): Promise<Outcome> {
  const program = path.join(path.dirname(await bundledCommand()), 'main.js');
  const { main } = createRequire(import.meta.url)(program) as Program;
  if (isRunning) throw new Error('runHere runs one call at a time; use run');
  isRunning = true;
  const texts = { output: '', errors: '' };
  const restore = [
    inFolder(cwd),
    withoutVariables(),
    captured(process.stdout, (text) => (texts.output += text)),
    captured(process.stderr, (text) => (texts.errors += text)),
    withoutListeners('SIGINT'),
    withoutListeners('SIGTERM'),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await main(args);
    const { output, errors } = texts;
    return {
      code: exitCode(),
      output,
      errors: errors.split('\n').filter((line) => line !== ''),
    };
  } finally {
    process.exitCode = before;
    for (const undo of restore) undo();
    isRunning = false;
  }
}

const exitCode = (): number => Number(process.exitCode ?? 0);

function inFolder(cwd: string): () => void {
  const before = process.cwd();
  process.chdir(cwd);
  return () => process.chdir(before);
}

function withoutVariables(): () => void {
  const before = process.env;
  process.env = cleanEnvironment();
  return () => (process.env = before);
}

function captured(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const { isTTY } = stream;
  const write = stream.write.bind(stream);
  stream.isTTY = false;
  stream.write = (text: string | Uint8Array) => {
    take(String(text));
    return true;
  };
  return () => Object.assign(stream, { write, isTTY });
}

/** Removes the listeners that a run adds: a process of its own would have ended. */
function withoutListeners(signal: NodeJS.Signals): () => void {
  const before = process.listeners(signal);
  return () => {
    for (const listener of process.listeners(signal))
      if (!before.includes(listener)) process.off(signal, listener);
  };
}
