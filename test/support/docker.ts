import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** For a `before` hook: goes on where a Docker engine answers; otherwise skips with a printed reason, and in CI fails. */
export async function requireDocker(context: Mocha.Context): Promise<void> {
  try {
    await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}']);
  } catch (error) {
    const reason = `no Docker engine answers: ${error instanceof Error ? error.message : String(error)}`;
    if (process.env.CI) throw new Error(reason, { cause: error });
    console.log(`    skipped: ${reason}`);
    context.skip();
  }
}
