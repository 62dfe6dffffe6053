import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DevError } from '../../dev/environment/dev-error.ts';

/**
 * Returns the file of a program of an installed package, as the service at `root` finds it: first in its own node_modules.
 * Throws a DevError if the package is not installed.
 */
export function programOf(root: string, name: string): string {
  const manifest = manifestOf(root, name);
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(manifest, 'utf8'));
  return path.join(path.dirname(manifest), bin[name] ?? '');
}

/** Returns the installed version of a package, as the service finds it; undefined if it is not installed. */
export function installedVersion(root: string, name: string): string | undefined {
  try {
    const { version }: { version: string } = JSON.parse(readFileSync(manifestOf(root, name), 'utf8'));
    return version;
  } catch {
    return undefined;
  }
}

function manifestOf(root: string, name: string): string {
  try {
    return createRequire(path.join(root, 'package.json')).resolve(`${name}/package.json`);
  } catch (cause) {
    throw new DevError(`The package ${name} is not installed in ${root}. Run npm install there.`, { cause });
  }
}

/**
 * Returns the file of npm, which runs the scripts of a service, whichever package manager has installed it: the npm that
 * started this command, the one next to Node, or the one on the PATH. Node starts the file, since npm itself is a shell
 * script on Windows. Throws a DevError if there is none.
 */
export function npmFile({ npm_execpath: caller = '', PATH = '' } = process.env): string {
  const folder = path.dirname(process.execPath);
  const installed = ['node_modules', path.join('..', 'lib', 'node_modules')].map((modules) =>
    path.join(folder, modules, 'npm', 'bin', npmCli),
  );
  const onPath = PATH.split(path.delimiter).map((entry) => path.join(entry, 'npm'));
  for (const candidate of [caller, ...installed, ...onPath]) {
    if (!existsSync(candidate)) continue;
    const file = realpathSync(candidate);
    if (path.basename(file) === npmCli) return file;
  }
  throw new DevError('npm is not on the PATH, and the scripts of a service need it. Install npm.');
}

const npmCli = 'npm-cli.js';
