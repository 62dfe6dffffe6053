import { existsSync, readFileSync } from 'node:fs';

export const command = 'create-microservice';

/** Returns the version of this package, from its package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(manifest(), 'utf8')) as { version: string }).version;
}

/** One folder above the bundle, two above this file. */
function manifest(): URL {
  const bundled = new URL('../package.json', import.meta.url);
  return existsSync(bundled) ? bundled : new URL('../../package.json', import.meta.url);
}
