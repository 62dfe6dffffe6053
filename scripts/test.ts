// npm test [-- mocha options]: every *.test.ts, several files at a time. npm run coverage: the same, with a report of the
// covered sources.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parallel } from './support/parallel.ts';

const root = path.dirname(import.meta.dirname);
const bin = (...parts: string[]) => path.join(root, 'node_modules', ...parts);
const options = process.argv.slice(2).filter((option) => option !== '--coverage');
const coverage = [
  bin('c8', 'bin', 'c8.js'),
  '--src',
  'src',
  '--include',
  'src/**/*.ts',
  '--include',
  'generators/**/*.ts',
];

/** The files that take longest come first, so that no job ends long before the others. */
const files = ['suites', 'devkit', '!(suites|devkit)'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Two jobs leave a third of two processors idle, since tests mostly wait for servers. */
const fewestJobs = 3;

const { status } = spawnSync(
  process.execPath,
  [
    ...(process.argv.includes('--coverage') ? [...coverage, process.execPath] : []),
    ...[bin('mocha', 'bin', 'mocha.js'), ...parallel(fewestJobs), ...files, ...options],
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
