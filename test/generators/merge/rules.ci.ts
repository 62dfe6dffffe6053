import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Change, mutate } from '../../faults/mutations/mutation.ts';
import { ruleMutations } from './rule-mutations.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const engine = path.join(root, 'generators', 'merge');

/** Replaces one source of the engine by its text without a rule. */
const without = (change: Change): Plugin => ({
  name: 'without a rule',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
      file === path.join(engine, change.file)
        ? { contents: mutate(readFileSync(file, 'utf8'), change), loader: 'ts' }
        : undefined,
    );
  },
});

interface Report {
  passes: { title: string }[];
  failures: { title: string }[];
}

describe('the merge without one of its rules', function () {
  this.timeout(240_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'merge-rules-'));
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs these tests of a file, with the whole engine or without a rule. */
  async function runTests(file: string, titles: string[], change?: Change): Promise<Report> {
    const outfile = path.join(folder, `${file}.mjs`);
    await build({
      entryPoints: [path.join(import.meta.dirname, `${file}.test.ts`)],
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      plugins: change ? [without(change)] : [],
    });
    const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const pattern = titles.map((title) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
    const options = ['--no-config', '--no-package', '--exit', '--reporter', 'json', '--grep', pattern];
    const child = spawn(process.execPath, [mocha, ...options, outfile], { cwd: folder });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => child.once('close', resolve));
    return JSON.parse(output) as Report;
  }

  it('has a control: with every rule, the same tests pass', async () => {
    for (const file of new Set(ruleMutations.map(({ noticedBy }) => noticedBy[0]))) {
      const titles = ruleMutations.flatMap(({ noticedBy: [of, title] }) => (of === file ? [title] : []));
      const { passes, failures } = await runTests(file, titles);
      assert.deepEqual(failures, [], file);
      for (const title of titles)
        assert.ok(
          passes.some((test) => test.title.startsWith(title)),
          title,
        );
    }
  });

  for (const { rule, change, noticedBy } of ruleMutations) {
    const [file, title] = noticedBy;
    it(`is noticed: ${rule}`, async () => {
      const { failures } = await runTests(file, [title], change);
      assert.deepEqual(failures.length, 1, `"${title}" passes without this rule`);
    });
  }
});
