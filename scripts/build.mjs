// Builds the three packages: src/runtime/dist, src/devkit/dist and dist (the generators' bundle).
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const runtime = path.join(root, 'src', 'runtime');
const devkit = path.join(root, 'src', 'devkit');

compile(runtime);
copyAssets();
compile(devkit);
const { buildGenerators } = await import('../generators/build.mjs');
await buildGenerators();

function compile(folder) {
  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = path.join(path.dirname(compiler), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const command = path.join(folder, 'dist', 'cli.js');
  if (existsSync(command)) chmodSync(command, 0o755);
}
