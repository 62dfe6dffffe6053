import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mutate, type Mutation, type NoticedBy } from './mutation.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const copied = ['src', 'test', 'package.json', 'tsconfig.json', '.mocharc.json'];
const notCopied = new Set(['node_modules', 'dist']);
/** For one test, and for mocha; a busy machine is slow. */
const patience = 60_000;
const timeLimit = 540_000;

/** The result of some tests in mocha. */
export interface Outcome {
  passed: string[];
  failed: { title: string; message: string }[];
}

/** A copy of the sources and tests in which a mechanism can be missing. */
export interface Mutant {
  /** Runs tests on the copy, without the mechanism if a mutation is given. Rejects if mocha could not run them. */
  run(tests: readonly NoticedBy[], mutation?: Mutation): Promise<Outcome>;
  remove(): Promise<void>;
}

export async function createMutant(): Promise<Mutant> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mutant-'));
  const filter = (source: string): boolean => !notCopied.has(path.basename(source));
  for (const each of copied) {
    await cp(path.join(root, each), path.join(folder, each), { recursive: true, filter });
  }
  for (const modules of ['node_modules', 'src/runtime/node_modules']) {
    await symlink(path.join(root, modules), path.join(folder, modules));
  }

  const sourceOf = (file: string): string => path.join(folder, 'src', 'runtime', file);

  return {
    async run(tests, mutation) {
      const originals = new Map<string, string>();
      try {
        for (const change of mutation?.changes ?? []) {
          const source = await readFile(sourceOf(change.file), 'utf8');
          if (!originals.has(change.file)) originals.set(change.file, source);
          await writeFile(sourceOf(change.file), mutate(source, change));
        }
        const timeout = mutation?.noticedBy.timeout ?? patience;
        return await runMocha(folder, tests, { timeout, effort: mutation ? 6 : 1 });
      } finally {
        for (const [file, source] of originals) await writeFile(sourceOf(file), source);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Report {
  passes: { fullTitle: string }[];
  failures: { fullTitle: string; err: { message?: string } }[];
}

interface Limits {
  /** Milliseconds for a test. */
  timeout: number;
  /** The factor for the number of runs of each property. */
  effort: number;
}

async function runMocha(
  folder: string,
  tests: readonly NoticedBy[],
  { timeout, effort }: Limits,
): Promise<Outcome> {
  const report = path.join(folder, 'report.json');
  await rm(report, { force: true });
  const titles = tests.map(({ title }) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const options = [
    '--exit',
    '--bail',
    '--timeout',
    String(timeout),
    '--reporter',
    'json',
    '--reporter-option',
    `output=${report}`,
  ];
  const files = [...new Set(tests.map(({ file }) => path.join('test', file)))];
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const child = spawn(process.execPath, [mocha, ...options, '--grep', titles.join('|'), ...files], {
    cwd: folder,
    env: { ...process.env, PROPERTY_EFFORT: String(effort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeLimit);
  await once(child, 'close');
  clearTimeout(timer);
  const text = await readFile(report, 'utf8').catch(() => '');
  if (!text) throw new Error(`mocha did not run ${files.join(', ')}:\n${output.slice(-2_000)}`);
  const { passes, failures }: Report = JSON.parse(text);
  return {
    passed: passes.map(({ fullTitle }) => fullTitle),
    failed: failures.map(({ fullTitle, err }) => ({ title: fullTitle, message: err.message ?? '' })),
  };
}
