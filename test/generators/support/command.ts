import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../../..');

export interface Outcome {
  code: number | null;
  output: string;
  /** The lines of the error output. */
  errors: string[];
}

interface Circumstances {
  cwd: string;
  env?: Record<string, string>;
  /** The program and the arguments before those of the command. */
  program?: string[];
}

let bundling: Promise<string> | undefined;

/** The command, bundled as for npm, once per mocha process. */
export function bundledCommand(): Promise<string> {
  bundling ??= bundle();
  return bundling;
}

/** Outside of the repository, so it cannot find any of our packages. */
async function bundle(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'create-microservice-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  const outdir = path.join(folder, 'dist');
  await promisify(execFile)(process.execPath, [path.join(root, 'generators', 'build', 'build.mjs'), outdir]);
  return path.join(outdir, 'create-microservice.js');
}

/** The command from the source of the repository. */
export const sourceCommand = [
  '--import',
  import.meta.resolve('tsx'),
  path.join(root, 'generators', 'cli', 'cli.ts'),
];

/** Runs `create-microservice` without a terminal, its input closed, and resolves when it ends. */
export async function run(args: string[], { cwd, env, program }: Circumstances): Promise<Outcome> {
  const start = program ?? [await bundledCommand()];
  const child = spawn(process.execPath, [...start, ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: texts.output, errors: texts.errors.split('\n').filter((line) => line !== '') };
}

/** Removes npm's variables of the test run, which would look like swallowed flags. */
export const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^NODE_V8/.test(name)),
  );

/** A new empty folder, which is removed when the test ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'generators-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export const removeFolders = async (): Promise<void> => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
};

/** Every file under `folder`, path to bytes; git's own files are left out. */
export async function filesIn(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).includes('.git'));
  return new Map(
    await Promise.all(
      files
        .toSorted()
        .map(async (file): Promise<[string, string]> => [
          file,
          await readFile(path.join(folder, file), 'base64'),
        ]),
    ),
  );
}

/** Calls the command in `cwd`, and resolves to its output. Rejects unless it exits with 0 and prints no error. */
export async function succeed(cwd: string, ...args: string[]): Promise<string> {
  const { code, output, errors } = await run(args, { cwd });
  assert.deepEqual([code, errors], [0, []], output);
  return output;
}

/** The flags of a service that needs nothing but its name. */
export const quick = ['--yes', '--no-git', '--no-install'];
