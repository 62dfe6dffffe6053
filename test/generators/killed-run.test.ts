import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyForEachTest } from './support/copied-service.ts';
import { bundledCommand, cleanEnvironment, filesIn, newFolder, quick, run } from './support/command.ts';

/** Kills the process at the start of the operation with this number that moves or removes a file of the service. */
const killer = `
const fs = require('node:fs/promises');
let left = Number(process.env.KILL_AT);
for (const name of ['rename', 'rm']) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (/user-service\\/(?!\\.)/.test(String(args.at(name === 'rm' ? 0 : 1))) && --left === 0) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
require('node:module').syncBuiltinESMExports();
`;

describe('a killed run', function () {
  this.timeout(120_000);
  let folder: string;
  const { edit, read } = copyForEachTest(
    'user-service',
    async (cwd) =>
      void (await run(['user', ...quick, '--resource', 'user', '--fields', 'email:string'], { cwd })),
    (copy) => ({ folder } = copy),
  );
  const field = ['field', 'user', '--fields', 'status:string:default(open)'];

  async function runKilled(args: string[], at: number): Promise<void> {
    const preload = path.join(await newFolder(), 'killer.cjs');
    await writeFile(preload, killer);
    const env = { ...cleanEnvironment(), KILL_AT: String(at) };
    const child = spawn(process.execPath, ['--require', preload, await bundledCommand(), ...args], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [unknown, string];
    assert.equal(signal, 'SIGKILL');
  }

  it('is finished by the next run, with each of its files once', async () => {
    const start = await filesIn(folder);
    assert.equal((await run(field, { cwd: folder })).code, 0);
    const whole = await filesIn(folder);
    for (const at of [2, 8]) {
      await rm(folder, { recursive: true });
      await restore(start);
      await runKilled(field, at);
      const { code, errors } = await run(['update'], { cwd: folder });
      assert.equal(code, 0, errors.join('\n'));
      assert.deepEqual(errors, [
        'create-microservice: note: a run in user-service was killed; it is finished now.',
      ]);
      assert.deepEqual(await filesIn(folder), whole);
      assert.deepEqual(await readdir(path.dirname(folder)), ['user-service']);
    }
  });

  it('ends with 0 if it is repeated, and a later repetition is refused', async () => {
    for (const args of [field, ['event', 'user.hired']]) {
      await runKilled(args, 3);
      const { code, output, errors } = await run(args, { cwd: folder });
      assert.equal(code, 0, errors.join('\n'));
      assert.deepEqual(errors, [
        'create-microservice: note: a run in user-service was killed; it is finished now.',
      ]);
      assert.match(output, /\nThe killed run was this command\.\n/);
      assert.equal((await run(args, { cwd: folder })).code, 1);
    }
  });

  it('is finished before another command, which then runs', async () => {
    await runKilled(field, 3);
    const { code, output, errors } = await run(['event', 'user.hired'], { cwd: folder });
    assert.deepEqual([code, errors.length], [0, 1], errors.join('\n'));
    assert.doesNotMatch(output, /this command/);
    assert.match(await read('src/events/user-events.ts'), /userHired\b/);
    assert.match(await read('src/models/user.ts'), /status\?: string/);
  });

  it('is not finished if the owner has changed one of its files since', async () => {
    await runKilled(field, 8);
    await edit('README.md', (text) => `${text}\nmine\n`);
    const before = await filesIn(folder);
    const { errors } = await run(['update', '--dry-run'], { cwd: folder });
    assert.deepEqual([errors, await filesIn(folder)], [[], before]);
    const { errors: notes } = await run(['update'], { cwd: folder });
    assert.match(notes[0] ?? '', /was killed, and its files have changed since, so it is not finished/);
    assert.deepEqual(await readdir(path.dirname(folder)), ['user-service']);
  });

  async function restore(files: ReadonlyMap<string, string>): Promise<void> {
    const { mkdir } = await import('node:fs/promises');
    for (const [file, bytes] of files) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), Buffer.from(bytes, 'base64'));
    }
  }
});
