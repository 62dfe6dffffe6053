import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../..');
const source = path.join(repository, 'src/runtime');
let built: string | undefined;

/**
 * Returns the folder of microservice-runtime as npm would install it, compiled from the current sources once per process. It
 * is deleted with the process.
 */
export function builtRuntime(): string {
  built ??= build();
  return built;
}

/** A `node_modules` at `folder` with this repository's packages and the built runtime. */
export function linkPackages(folder: string, without: string[] = []): void {
  const installed = path.join(repository, 'node_modules');
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name === 'microservice-runtime' || without.includes(name)) continue;
    symlinkSync(path.join(installed, name), path.join(folder, 'node_modules', name));
  }
  symlinkSync(builtRuntime(), path.join(folder, 'node_modules/microservice-runtime'));
}

function build(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'microservice-runtime-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const options = ['--outDir', path.join(folder, 'dist'), '--noCheck'];
  execFileSync(path.join(repository, 'node_modules/.bin/tsc'), ['--project', source, ...options]);
  cpSync(path.join(source, 'package.json'), path.join(folder, 'package.json'));
  for (const asset of ['migrations', 'docker']) {
    cpSync(path.join(source, asset), path.join(folder, 'dist', asset), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    });
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
