import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns the program and the parameters that run npm. On Windows npm is a script, npm.cmd, which only a shell can start, so
 * Node runs npm's own file: that of the npm that started us, or the one that was installed with this Node. Without either,
 * npm is the one on the PATH.
 */
export function npmCommand(parameters) {
  const folder = path.dirname(process.execPath);
  const installed = ['node_modules', path.join('..', 'lib', 'node_modules')];
  const candidates = installed.map((modules) => path.join(folder, modules, 'npm', 'bin', 'npm-cli.js'));
  const caller = process.env.npm_execpath ?? '';
  if (path.basename(caller) === 'npm-cli.js') candidates.unshift(caller);
  const file = candidates.find((candidate) => existsSync(candidate));
  return file ? [process.execPath, [file, ...parameters]] : ['npm', parameters];
}
