import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let registered = false;

/**
 * Lets this process import TypeScript, through the tsx that the service at `root` depends on. Safe to repeat: a second
 * registration would only make every import slower.
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

function tsxOf(root: string): string {
  try {
    return createRequire(path.join(root, 'package.json')).resolve('tsx/esm/api');
  } catch (cause) {
    throw new Error(`cannot run TypeScript: ${root} does not have the package tsx; run npm install`, {
      cause,
    });
  }
}
