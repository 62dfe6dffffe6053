// The entry point of every script: `node scripts/run.mjs demo` works right after a clone. Plain JavaScript without
// dependencies, since it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { npmCommand } from './support/npm-cli.mjs';

const root = path.dirname(import.meta.dirname);
const [script, ...options] = process.argv.slice(2);

// `npx -p node@24 npm test` sets these for npm, and every npx in a test would inherit them.
for (const name of ['npm_config_call', 'npm_config_package']) delete process.env[name];

// Ctrl-C reaches every process of the terminal: the script cleans up, and this process waits for it.
process.on('SIGINT', () => {});

checkNode();
const isFresh = !isInstalled();
if (isFresh)
  execute(
    ...npmCommand(['ci', '--no-audit', '--no-fund', '--loglevel=error']),
    'Installing dependencies (npm ci)',
  );
execute(process.execPath, [path.join(root, 'scripts', 'build.mjs')]);
// npm links only commands that exist: those of the packages in this repository are built after its installation.
if (isFresh) execute(...npmCommand(['rebuild', '--ignore-scripts', '--loglevel=error']));
execute(process.execPath, ['--import', 'tsx', path.join(root, 'scripts', `${script}.ts`), ...options]);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  console.error(
    `Node ${process.versions.node} is too old: this needs Node 20.19 or later, or 22.12 or later.`,
  );
  process.exit(1);
}

/** npm writes node_modules/.package-lock.json last, so an up-to-date one means a complete installation. */
function isInstalled() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

function execute(command, parameters, title) {
  if (title) console.log(title);
  const { status, signal } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit' });
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}
