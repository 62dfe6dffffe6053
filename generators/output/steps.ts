import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Step } from './work.ts';

const spelled = ({ program, args }: Step) => [program, ...args].join(' ');
const windows = process.platform === 'win32';

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
  const missing = steps.find(({ program }) => !isOnPath(program));
  if (!missing) return;
  throw new UsageError(`"${missing.program}" is not on the PATH; install it, or add ${missing.unless}`);
}

function isOnPath(program: string): boolean {
  const extensions = windows ? ['.exe', '.cmd'] : [''];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.some((folder) =>
    extensions.some((extension) => isExecutable(path.join(folder, program + extension))),
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs one step in `folder`, and passes its output on unchanged. Rejects with a UsageError if the step fails. */
export async function runStep(step: Step, folder: string): Promise<void> {
  const { spawn } = await import('node:child_process');
  const code = await new Promise<number | string>((resolve) => {
    const child = spawn(step.program, step.args, { cwd: folder, stdio: 'inherit', shell: windows });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal ?? 'no exit code'));
  });
  if (code === 0) return;
  const shown = shownPath(folder);
  throw new UsageError(
    `${shown} is written, but "${spelled(step)}" failed (${code}). Fix the error above, then run the command again in ${shown}`,
  );
}
