import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** For a `before` hook: requires a Docker engine; without one, skips with a printed reason, and fails in CI. */
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
