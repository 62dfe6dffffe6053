import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns the program and the parameters that run the command `name` of the package `name`, which is installed in `folder`.
 * Node runs the package's own file: on Windows node_modules/.bin has scripts, which only a shell can start.
 */
export function installedCommand(
  folder: string,
  name: string,
  parameters: string[],
): [program: string, parameters: string[]] {
  const home = path.join(folder, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  const file = bin[name];
  if (file === undefined) throw new Error(`${home} has no command ${name}`);
  return [process.execPath, [path.join(home, file), ...parameters]];
}
