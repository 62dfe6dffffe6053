// npm test [-- mocha options]: every *.test.ts, with the coverage of the sources.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const modules = path.join(root, 'node_modules');
const { status } = spawnSync(
  process.execPath,
  [path.join(modules, 'mocha', 'bin', 'mocha.js'), 'test/**/*.test.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
