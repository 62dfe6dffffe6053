import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { linkPackages } from './built-runtime.ts';

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface FixtureService {
  root: string;
  write(file: string, text: string): void;
  /** Runs a command of a package in the service's folder, in a clean environment. */
  run(command: Command, args: string[], environment?: Record<string, string>): Promise<Result>;
  start(command: Command, args: string[], environment?: Record<string, string>): ChildProcess;
  /** The service as an image holds it: compiled, without TypeScript and without tsx. */
  image(): FixtureService;
  remove(): void;
}

const commands = {
  knex: 'node_modules/knex/bin/cli.js',
  'microservice-runtime': 'node_modules/microservice-runtime/dist/cli.js',
};
type Command = keyof typeof commands;

const knexfile = `import { knexConfig } from 'microservice-runtime/migrations';

export default await knexConfig(import.meta.dirname);
`;

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    rewriteRelativeImportExtensions: true,
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
  },
  include: ['migrations', 'seeds', 'src'],
};

/** Creates a service in its own folder, with `files` added to the smallest service that migrates. */
export function createFixtureService(files: Record<string, string> = {}): FixtureService {
  const root = mkdtempSync(path.join(tmpdir(), 'fixture-service-'));
  linkPackages(root);
  const service = fixture(root);
  service.write(
    'package.json',
    JSON.stringify({ name: 'fixture-service', version: '1.2.3', type: 'module' }),
  );
  service.write('tsconfig.json', JSON.stringify(tsconfig));
  service.write('knexfile.js', knexfile);
  for (const [file, text] of Object.entries(files)) service.write(file, text);
  return service;
}

/** A migration's text: `up` and `down` are SQL. */
export const migration = (up: string, down: string, config = ''): string => `import type { Knex } from 'knex';
${config}
export async function up(knex: Knex): Promise<void> {
  await knex.raw(${JSON.stringify(up)});
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(${JSON.stringify(down)});
}
`;

function fixture(root: string): FixtureService {
  return {
    root,
    write(file, text) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    },
    run: (command, args, environment) =>
      new Promise((resolve) => {
        const options = { cwd: root, env: cleanEnvironment(environment) };
        execFile(process.execPath, [commands[command], ...args], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
        );
      }),
    start: (command, args, environment) =>
      spawn(process.execPath, [commands[command], ...args], {
        cwd: root,
        env: cleanEnvironment(environment),
      }),
    image: () => image(root),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function image(root: string): FixtureService {
  execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '--project', root]);
  const folder = mkdtempSync(path.join(tmpdir(), 'fixture-image-'));
  linkPackages(folder, ['tsx', 'typescript']);
  for (const part of ['package.json', 'knexfile.js', 'dist']) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  return fixture(folder);
}

function cleanEnvironment(environment: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    FORCE_COLOR: '0',
    NO_COLOR: '1',
    ...environment,
  };
}
