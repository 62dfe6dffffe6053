// Builds the packages: src/runtime/dist, src/devkit/dist, dist (the generators' bundle) and dist-yeoman (the same for yo).
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const runtime = path.join(root, 'src', 'runtime');
const devkit = path.join(root, 'src', 'devkit');

compile(runtime);
copyAssets();
compile(devkit);
const { buildGenerators, buildYeomanPackage } = await import('../generators/build/build.mjs');
await buildGenerators();
await buildYeomanPackage();
// `npm pack --json` and the other scripts print only their own output.
if (process.env.npm_lifecycle_event === 'build')
  console.log('Built dist, dist-yeoman, src/runtime/dist and src/devkit/dist.');

function compile(folder) {
  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = path.join(path.dirname(compiler), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const command = path.join(folder, 'dist', 'cli.js');
  if (existsSync(command)) chmodSync(command, 0o755);
}

/** Copies the files that the compiled runtime reads. */
function copyAssets() {
  const dist = path.join(runtime, 'dist');
  for (const [folder, pattern] of [
    ['migrations', /\.stub$/],
    ['docker', /\.Dockerfile$/],
  ]) {
    copyFiles(path.join(runtime, folder), path.join(dist, folder), (file) => pattern.test(file));
  }
  const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const shown = [
    'swagger-ui-bundle.js',
    'swagger-ui-bundle.js.LICENSE.txt',
    'swagger-ui.css',
    'LICENSE',
    'NOTICE',
  ];
  copyFiles(swagger, path.join(dist, 'swagger-ui'), (file) => shown.includes(file));
}

function copyFiles(from, to, isWanted) {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from).filter(isWanted)) cpSync(path.join(from, file), path.join(to, file));
}
