import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines that it printed, its errors among them. */
  output: string;
}

export interface ServiceProcess {
  ended: Promise<Ending>;
  /** Sends SIGTERM and resolves when it has ended by itself. */
  stop(): Promise<Ending>;
  kill(): void;
}

const keptOutput = 20_000;

/** Compiles the programs of this folder, so that each of the many processes starts in a third of the time; inside of the tree, where packages are found. */
export async function bundlePrograms() {
  const outdir = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'crash-campaign');
  await build({
    entryPoints: ['order-process', 'effect-process'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  return {
    'order-process': join(outdir, 'order-process.mjs'),
    'effect-process': join(outdir, 'effect-process.mjs'),
  };
}

/** Starts a program as a process of its own, which ends with this one. */
export function startServiceProcess(program: string, environment: Record<string, string>): ServiceProcess {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-keptOutput)));
  }
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  });
  return {
    ended,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
