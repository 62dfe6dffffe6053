import { readFileSync } from 'node:fs';

export const command = 'create-microservice';

/** The version of this package. Its package.json lies one folder up, from the source and from the bundle. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
