import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestEnvironmentOptions } from './test-environment.ts';

/**
 * Resolves if `asyncapi.json` and `openapi.json` match the code of the service, and rejects with the message of
 * `microservice-runtime contracts --check` otherwise.
 */
export async function checkContracts({ root = process.cwd() }: TestEnvironmentOptions = {}): Promise<void> {
  const command = await runtimeCommand();
  try {
    await promisify(execFile)(process.execPath, [command, 'contracts', '--check'], { cwd: root });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(stderr?.trim() || String(error), { cause: error });
  }
}

async function runtimeCommand(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('microservice-runtime/package.json');
  const { bin }: { bin: Record<string, string> } = JSON.parse(await readFile(manifest, 'utf8'));
  return path.join(path.dirname(manifest), bin['microservice-runtime'] ?? '');
}
