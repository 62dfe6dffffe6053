import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../../scripts/support/command.ts';
import { temporaryFolder } from '../../../scripts/support/temporary-folder.ts';
import { succeed } from '../support/command.ts';
import { plans, type Plan } from './edited-services.ts';
import { readFirstVersion, writeFirstVersion } from './first-version.ts';
import { edited } from './versions.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const runtime = path.join(root, 'src', 'runtime', 'dist', 'cli.js');
const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
const editCount = sum(plans.map(({ edits }) => edits.length));
const callCount = sum(plans.map(({ calls }) => calls.length));
const pairs = sum(plans.map(({ edits, calls }) => edits.length * calls.length));

/** A service of version 0.2.0 that its owner has edited, after commands of this version. */
describe(`${plans.length} edited services of version 0.2.0`, function () {
  this.timeout(600_000);
  let folder: string;
  let passed = 0;

  before(async () => {
    folder = await temporaryFolder('edited-services');
    // npm links no command of a package that was built after its installation
    await mkdir(path.join(folder, 'bin'));
    const command = path.join(folder, 'bin', 'microservice-runtime');
    await writeFile(command, `#!/bin/sh\nexec node "${runtime}" "$@"\n`, { mode: 0o755 });
  });
  after(async () => {
    console.log(
      `      ${editCount} edits, ${callCount} commands, ${pairs} pairs; ${passed} of ${plans.length} services pass all of their scripts`,
    );
    await rm(folder, { recursive: true, force: true });
  });

  for (const [index, plan] of plans.entries()) {
    const names = plan.edits.map(({ name }) => name).join(', ');
    it(`${names}: passes its scripts after ${plan.calls.map(({ name }) => name).join(', ')}`, async () => {
      const service = path.join(folder, String(index), 'order-service');
      await writeEdited(service, plan);
      for (const { args } of plan.calls) await succeed(service, ...args);
      assert.match(await succeed(service, 'update', '--check'), /up to date/);
      await symlink(path.join(root, 'node_modules'), path.join(service, 'node_modules'));
      assert.deepEqual(await failuresIn(service, path.join(folder, 'bin')), []);
      passed += 1;
    });
  }
});

/** Runs the scripts of a service; resolves to the outputs of those that fail. */
async function failuresIn(service: string, bin: string): Promise<string[]> {
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH']}` };
  const failures: string[] = [];
  for (const script of ['contracts', 'typecheck', 'lint', 'test'])
    await execute('npm', ['run', script], { cwd: service, env }).catch((error: Error) =>
      failures.push(error.message),
    );
  return failures;
}

async function writeEdited(service: string, { edits }: Plan): Promise<void> {
  await writeFirstVersion(service);
  const before = await readFirstVersion();
  for (const edit of edits) {
    const disk = await edited(before, edit);
    for (const file of Object.keys(edit.files)) {
      const [target, text] = [path.join(service, file), disk.get(file)];
      await mkdir(path.dirname(target), { recursive: true });
      await (text === undefined ? rm(target) : writeFile(target, text));
    }
  }
}
