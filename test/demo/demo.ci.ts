import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { collect, execute, start } from '../../scripts/support/command.ts';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const script = path.join(root, 'scripts', 'demo.ts');

describe('npm run demo', function () {
  this.timeout(300_000);
  let folder: string;
  let search: string;

  before(async () => {
    folder = await temporaryFolder('demo');
    search = await searchPathWithout(['java', 'docker', 'psql', 'postgres'], path.join(folder, 'bin'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const version of ['this Node', 'Node 24']) {
    it(`shows an event handled by another service, and a saga, with neither Java nor Docker, on ${version}`, async () => {
      const first = version === 'this Node' ? search : `${await installNode24(folder)}:${search}`;
      const env = { ...process.env, PATH: first, TMPDIR: folder };
      const output = await execute('node', ['--import', 'tsx', script], { cwd: root, env });
      console.log(output.replace(/^/gm, '      '));
      assert.match(output, /DELETE .* the copy is gone/);
      assertPath(output);
      assert.match(output, /'CONFIRMED' +│ 'PROCESSED' +│ 1 /);
      assert.match(output, /'CANCELLED' +│ 'REFUNDED' +│ 1 /);
      assert.match(output, /^ {2}payment\.refunded {4}payment compensated$/m);
      assert.deepEqual(tooWide(output, folder), []);
      const next = /\n {2}cd (\S+) && npm run dev\n$/.exec(output)?.[1] ?? '';
      assert.ok(existsSync(path.join(next, 'package.json')), next);
      const workspace = /The workspace is (\S+)/.exec(output)?.[1] ?? '';
      assert.ok(
        existsSync(path.join(workspace, 'services', 'notification-service', 'asyncapi.json')),
        workspace,
      );
      assert.deepEqual(await processesIn(workspace), []);
    });
  }

  const foldersLeft = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('microservice-demo'));

  it('removes its files when Ctrl-C interrupts it', async () => {
    const before = await foldersLeft();
    const env = { ...process.env, PATH: search, TMPDIR: folder };
    const demo = start('node', ['--import', 'tsx', script], { cwd: root, env });
    const output = collect(demo);
    const ended = once(demo, 'exit');
    await waitFor(() => output().includes('packed the three packages') || demo.exitCode !== null, {
      timeout: 120_000,
    });
    demo.kill('SIGINT');
    assert.deepEqual(await ended, [130, null], output());
    const [, removed = ''] = /Stopped, and removed (\S+)\n$/.exec(output()) ?? [];
    assert.ok(removed.startsWith(folder), output());
    assert.deepEqual(await foldersLeft(), before);
    assert.deepEqual(await processesIn(removed), []);
  });

  it('names its files when it fails', async () => {
    const env = { ...process.env, PATH: search, TMPDIR: folder, npm_config_cache: '/dev/null/cache' };
    const demo = start('node', ['--import', 'tsx', script], { cwd: root, env });
    const output = collect(demo);
    assert.deepEqual(await once(demo, 'exit'), [1, null], output());
    const [, left = ''] = /The demo failed: [^]*Its files are in (\S+)\.\nrm -rf/.exec(output()) ?? [];
    assert.ok(existsSync(left), output());
  });
});

/** The lines that a terminal of 80 columns breaks, if the folder for temporary files is `/tmp`. */
const tooWide = (output: string, folder: string): string[] =>
  output.split('\n').filter((line) => line.replace(folder, '/tmp').length > 80);

/** The demo has one line for each place of an event, in the order of time. */
function assertPath(output: string): void {
  const places = [...output.matchAll(/^ +(\d+) ms {2}(request|commit|in Kafka|handled) /gm)];
  assert.deepEqual(
    places.map(([, , place]) => place),
    ['request', 'commit', 'in Kafka', 'handled'],
  );
  const times = places.map(([, time]) => Number(time));
  assert.deepEqual(
    times,
    times.toSorted((one, other) => one - other),
  );
}

/** npm ships the binary; resolves to the folder that holds it alone. */
async function installNode24(folder: string): Promise<string> {
  await execute('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'node@24'], {
    cwd: folder,
  });
  return path.join(folder, 'node_modules', 'node', 'bin');
}

/** A folder with all of PATH but these commands. */
async function searchPathWithout(commands: string[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const entry of (process.env.PATH ?? '').split(path.delimiter).filter((each) => existsSync(each))) {
    for (const name of await readdir(entry)) {
      const target = path.join(folder, name);
      if (!commands.includes(name)) await symlink(path.join(entry, name), target).catch(() => undefined);
    }
  }
  return folder;
}

/** The processes whose working directory lies in `folder` (Linux). */
async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(
    ids.map(async (id) => [id, await readlink(`/proc/${id}/cwd`).catch(() => '')] as const),
  );
  return places.filter(([, place]) => place.startsWith(folder)).map(([id]) => id);
}
