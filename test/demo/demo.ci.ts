import assert from 'node:assert/strict';
import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
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
    it(`shows an event handled by another service, with neither Java nor Docker, on ${version}`, async () => {
      const first = version === 'this Node' ? search : `${await installNode24(folder)}:${search}`;
      const env = { ...process.env, PATH: first, TMPDIR: folder };
      const output = await execute('node', ['--import', 'tsx', script], { cwd: root, env });
      console.log(output.replace(/^/gm, '      '));
      assert.match(output, /DELETE .* the copy is gone/);
      const workspace = /The workspace is (\S+)/.exec(output)?.[1] ?? '';
      assert.ok(
        existsSync(path.join(workspace, 'services', 'notification-service', 'asyncapi.json')),
        workspace,
      );
      assert.deepEqual(await processesIn(workspace), []);
    });
  }
});

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
