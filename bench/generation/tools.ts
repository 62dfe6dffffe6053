import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/** A program that writes a project, and its arguments to write one called `shop` without questions. */
export interface Tool {
  name: string;
  /** The package to install: `name@version`; `packed` means ours, packed first. */
  package: string;
  args: string[];
  /** Every run is the first one after the installation. */
  isFirstRun?: boolean;
}

/** The other tools are compared with it. */
export const reference = 'nodejs-quickstart-structure';

const ours = { package: 'packed', args: ['service', 'shop', '--yes', '--no-install', '--no-git'] };

export const tools: Tool[] = [
  { name: 'create-microservice, first run', ...ours, isFirstRun: true },
  { name: 'create-microservice, later runs', ...ours },
  {
    name: reference,
    package: 'nodejs-quickstart-structure@2.9.5',
    args: [
      ...['init', '-n', 'shop', '-l', 'TypeScript', '-a', 'Clean Architecture'],
      ...['-d', 'PostgreSQL', '--db-name', 'shop', '-c', 'Kafka', '--ci-provider', 'GitHub Actions'],
      ...['--caching', 'None', '--auth', 'None', '--terraform', 'None', '--use-api-gateway', 'No'],
      ...['--no-include-security', '--no-with-elk', '--no-background-jobs', '--no-advanced-options'],
    ],
  },
  {
    name: '@nestjs/cli new',
    package: '@nestjs/cli@12.0.8',
    args: ['new', 'shop', '--skip-install', '--skip-git', '--package-manager', 'npm'],
  },
  { name: 'express-generator', package: 'express-generator@4.16.1', args: ['shop'] },
];

export interface InstalledTool extends Tool {
  /** The script for Node. */
  program: string;
  packages: number;
  bytes: number;
}

/**
 * Installs a tool with npm into a new folder in `folder`, and counts the installed packages. Throws npm's output if that
 * fails.
 */
export async function installTool(tool: Tool, folder: string): Promise<InstalledTool> {
  const home = path.join(folder, tool.name.replace(/\W+/g, '-'));
  await mkdir(home);
  await writeFile(path.join(home, 'package.json'), '{ "private": true }\n');
  const wanted = tool.package === 'packed' ? packOurs(home) : tool.package;
  npm(['install', '--no-audit', '--no-fund', '--no-save', wanted], home);
  const modules = path.join(home, 'node_modules');
  const lock: { packages: object } = JSON.parse(
    await readFile(path.join(modules, '.package-lock.json'), 'utf8'),
  );
  const name = tool.package === 'packed' ? 'create-microservice' : tool.package.replace(/(.)@.*/, '$1');
  return {
    ...tool,
    program: await programOf(path.join(modules, name)),
    packages: Object.keys(lock.packages).length,
    bytes: await sizeOf(modules),
  };
}

/** Packs dist/, as `npm publish` would. */
function packOurs(destination: string): string {
  if (!existsSync(path.join(root, 'dist', 'main.js')))
    throw new Error('there is no dist/main.js: npm run build first');
  const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', destination], root);
  const reports: { filename: string }[] = JSON.parse(packed);
  return path.join(destination, reports[0]?.filename ?? '');
}

function npm(args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

async function programOf(folder: string): Promise<string> {
  const { bin }: { bin: string | Record<string, string> } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  const file = typeof bin === 'string' ? bin : Object.values(bin)[0];
  return path.join(folder, file ?? '');
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
