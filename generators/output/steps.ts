import type { StdioOptions } from 'node:child_process';
import { fileOnPath } from '../core/file-on-path.ts';
import { shownFolder } from '../core/shown-path.ts';
import { printError } from '../core/terminal.ts';
import { UsageError } from '../core/usage-error.ts';
import { command } from '../core/version.ts';
import type { Step } from './work.ts';

/** Returns a step as an owner types it. */
export const spelledStep = ({ program, args }: Step) => [program, ...args].join(' ');

/**
 * Initializes a git repository in the folder, with the branch `main`. Git before 2.28 ignores the setting, unlike the option
 * `--initial-branch`, and an existing repository keeps its branch.
 */
export const gitInit: Step = {
  program: 'git',
  args: ['-c', 'init.defaultBranch=main', 'init', '--quiet'],
  unless: '--no-git',
  writes: ['.git'],
};

/** Throws a UsageError if the program of a step is not on the PATH. */
export function checkPrograms(steps: Step[]): void {
  const missing = steps.find(({ program }) => fileOnPath(program) === undefined);
  if (!missing) return;
  throw new UsageError(`"${missing.program}" is not on the PATH; install it, or add ${missing.unless}`);
}

interface Spawned {
  file: string;
  args: readonly string[];
  shell: boolean;
}

/**
 * Returns the parameters of `spawn` for the program `file`. On Windows npm, pnpm and Yarn are scripts of the shell (`.cmd`),
 * which Node starts only through the shell; its command line is `file`, quoted, and `args`, which must be plain words.
 */
export function spawnedAs(file: string, args: readonly string[]): Spawned {
  if (!file.endsWith('.cmd')) return { file, args, shell: false };
  return { file: [`"${file}"`, ...args].join(' '), args: [], shell: true };
}

/**
 * Runs one step in `folder`, and passes its output on unchanged; with `json`, to standard error, since standard output then has one
 * document. Rejects with a UsageError if the step fails. If the process ends meanwhile, as after Ctrl-C, prints that the files are
 * written.
 */
export async function runStep(
  step: Step,
  { folder, json }: { folder: string; json: boolean },
): Promise<void> {
  const { spawn } = await import('node:child_process');
  const shown = shownFolder(folder);
  const stopped = () =>
    printError(`${command}: stopped; ${shown} is written. Run "${spelledStep(step)}" in ${shown}`);
  process.once('exit', stopped);
  const code = await new Promise<number | string>((resolve) => {
    const { file, args, shell } = spawnedAs(fileOnPath(step.program) ?? step.program, step.args);
    const env = { ...process.env, ...step.environment };
    const stdio: StdioOptions = ['inherit', json ? 2 : 'inherit', 'inherit'];
    const child = spawn(file, args, { cwd: folder, stdio, shell, env });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal ?? 'no exit code'));
  });
  process.off('exit', stopped);
  if (code === 0) return;
  throw new UsageError(
    `${shown} is written, but "${spelledStep(step)}" failed (${code}). Fix the error above, then run "${spelledStep(step)}" in ${shown}`,
  );
}
