import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { execute } from '../../scripts/support/command.ts';

/** For a `before` hook: continues if every command runs; otherwise skips with a printed reason, and in CI fails. */
export async function requireTools(context: Mocha.Context, commands: readonly string[][]): Promise<void> {
  for (const [command = '', ...parameters] of commands) {
    try {
      await promisify(execFile)(command, parameters);
    } catch (error) {
      const reason = `${command} does not run: ${error instanceof Error ? error.message : String(error)}`;
      if (process.env.CI) throw new Error(reason, { cause: error });
      console.log(`    skipped: ${reason}`);
      context.skip();
    }
  }
}

/** Creates a Python virtual environment in `folder` with the packages of a requirements file; resolves to its `bin`. */
export async function pythonEnvironment(folder: string, requirements: string): Promise<string> {
  const environment = path.join(folder, 'venv');
  await execute('python3', ['-m', 'venv', environment], { cwd: folder });
  const bin = path.join(environment, 'bin');
  await execute(
    path.join(bin, 'pip'),
    ['install', '--quiet', '--disable-pip-version-check', '-r', requirements],
    {
      cwd: folder,
    },
  );
  return bin;
}
