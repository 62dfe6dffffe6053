import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let registered = false;

/**
 * Lets this process import TypeScript, through the tsx of the service at `root`. Safe to repeat: a second registration would
 * only slow down every import.
 */
export async function registerTypeScript(root: string): Promise<void> {
  if (registered || startedByTsx()) return;
  const tsx: { register(): unknown } = await import(pathToFileURL(tsxOf(root)).href);
  tsx.register();
  registered = true;
}

function startedByTsx(): boolean {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((argument) =>
    /\btsx\b/.test(argument),
  );
}

/** Returns the ES module of the service's `tsx/esm/api`; `require.resolve` would return the CommonJS one. */
function tsxOf(root: string): string {
  try {
    const require = createRequire(path.join(root, 'package.json'));
    const { exports }: Manifest = require('tsx/package.json');
    return path.join(path.dirname(require.resolve('tsx/package.json')), exports['./esm/api'].import.default);
  } catch (cause) {
    throw new Error(`cannot run TypeScript: the package tsx is not installed in ${root}; run npm install`, {
      cause,
    });
  }
}

interface Manifest {
  exports: { './esm/api': { import: { default: string } } };
}
