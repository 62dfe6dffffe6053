import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, quick, run } from './support/command.ts';
import { commitAt, gitAt } from './support/git.ts';

describe('update --repair', function () {
  this.timeout(180_000);
  let folder: string;
  const { read, edit } = copyForEachTest(
    'user-service',
    async (cwd) => {
      const user = ['--resource', 'user', '--fields', 'email:string'];
      assert.equal((await run(['user', ...quick, ...user], { cwd })).code, 0);
      const service = path.join(cwd, 'user-service');
      await gitAt(cwd, 'init', '--quiet', '--initial-branch=main');
      await commitAt(service, 'Start');
      for (const name of ['cart', 'wish']) {
        await gitAt(service, 'checkout', '--quiet', '-b', name, 'main');
        assert.equal((await run(['resource', name, '--fields', 'code:string'], { cwd: service })).code, 0);
        await commitAt(service, `Add ${name}`);
      }
      await gitAt(service, 'checkout', '--quiet', 'cart');
    },
    (copy) => ({ folder } = copy),
  );
  const git = (...args: string[]) => gitAt(folder, ...args);
  const merge = (branch: string) => git('merge', '--quiet', branch).catch((error: Error) => error);
  const repair = (...args: string[]) => run(['update', '--repair', ...args], { cwd: folder });

  async function assertBoth(): Promise<void> {
    const app = await read('src/app.ts');
    for (const name of ['Cart', 'Wish'])
      assert.match(app, new RegExp(String.raw`routers\.push\(create${name}Router`));
    assert.match(await read('.yo-rc.json'), /"cart".*\n.*"wish".*\n[^]*"carts": .*\n[^]*"wishes": /);
    for (const [file, bytes] of await filesIn(folder))
      assert.doesNotMatch(Buffer.from(bytes, 'base64').toString('utf8'), /^(?:<{7} |>{7} )/m, file);
    const { code, output, errors } = await run(['update'], { cwd: folder });
    assert.deepEqual([code, errors], [0, []]);
    assert.match(output, /^user-service is up to date; nothing was written\.\n/);
  }

  it('merges the memory and the marked files of two branches that each added a resource', async () => {
    await edit('src/app.ts', (text) => text.replace('  const app =', '  mine();\n  const app ='));
    await commitAt(folder, 'Edit');
    assert.ok((await merge('wish')) instanceof Error);
    const refused = await run(['resource', 'trip', '--yes'], { cwd: folder });
    assert.match(
      refused.errors.join('\n'),
      /\.yo-rc\.json has conflict markers of git; write npm init microservice update -- --repair to merge/,
    );
    const before = await filesIn(folder);
    assert.match(
      (await repair('--dry-run')).output,
      /^Would repair user-service:\n[^]*Nothing was written\.\n$/,
    );
    assert.deepEqual(await filesIn(folder), before);
    const { code, output, errors } = await repair();
    assert.deepEqual([code, errors], [0, []]);
    assert.match(output, /^Repaired user-service:\n {2}merged {4}\.yo-rc\.json\n/);
    assert.match(output, /merged {4}src\/app\.ts\n[^]*merged {4}\d+ files below \.yo-base\/\n/);
    await assertBoth();
    assert.match(await read('src/app.ts'), /\n {2}mine\(\);\n/);
    await commitAt(folder, 'Merge wish');
    assert.match((await repair()).output, /is as both branches left it; nothing was written/);
    const names = (await git('ls-files', 'migrations')).stdout.match(/\d+_create_\w+/g) ?? [];
    assert.equal(new Set(names).size, 3);
  });

  it('repairs a merge that is committed, with one side of the memory, and keeps what the owner has resolved', async () => {
    await merge('wish');
    await git('checkout', '--ours', '--', '.yo-rc.json', '.yo-base');
    await edit('src/app.ts', (text) =>
      text.replaceAll(/^<{7} .*\n([^]*?)^={7}\n([^]*?)^>{7} .*\n/gm, '$1$2').replace(/^/, '// mine\n'),
    );
    await commitAt(folder, 'Merge wish');
    const { code, output, errors } = await repair();
    assert.deepEqual([code, errors], [0, []]);
    assert.doesNotMatch(output, /src\/app\.ts/);
    assert.match(await read('.yo-rc.json'), /"cart".*\n.*"wish"/);
    assert.match(await read('src/app.ts'), /^\/\/ mine\n/);
    assert.match(
      (await run(['update', '--check'], { cwd: folder })).output,
      /user-service is up to date\.\n/,
    );
  });

  it('keeps a conflict of two edits, exits with 1, and names an answer that both branches changed', async () => {
    for (const [branch, port] of [
      ['cart', '8007'],
      ['wish', '8009'],
    ] as const) {
      await git('checkout', '--quiet', branch);
      await rm(path.join(folder, '.env'), { force: true }); // git ignores it, so both branches would share it
      assert.equal((await run(['--port', port], { cwd: folder })).code, 0);
      await edit('k8s/service.yaml', (text) => text.replace(/^/, `# mine in ${branch}\n`));
      await commitAt(folder, `Port of ${branch}`);
    }
    await git('checkout', '--quiet', 'cart');
    await merge('wish');
    const { code, output } = await repair('--json');
    const result = JSON.parse(output) as { conflicts: string[]; notes: string[]; written: boolean };
    assert.deepEqual([code, result.written], [1, true]);
    assert.deepEqual(result.conflicts, ['k8s/service.yaml']);
    assert.deepEqual(result.notes, ['Both branches changed answers.port; .yo-rc.json keeps 8007, not 8009.']);
    assert.match(await read('k8s/service.yaml'), /^<{7} HEAD\n# mine in cart\n={7}\n# mine in wish\n/m);
    assert.match(await read('README.md'), /:8007/);
    assert.match(await read('.yo-rc.json'), /"port": 8007,/);
  });

  /** Runs a command on a new branch of main. */
  async function branch(name: string, ...args: string[]): Promise<void> {
    await git('checkout', '--quiet', '-b', name, 'main');
    assert.equal((await run(args, { cwd: folder })).code, 0);
    await commitAt(folder, name);
  }

  it('leaves no conflict in files that nobody has edited, and the next commands work', async () => {
    await branch('note', 'field', 'user', '--fields', 'note:text:optional');
    await branch('status', 'field', 'user', '--fields', 'status:string:default(open)');
    assert.ok((await merge('note')) instanceof Error);
    assert.match(await read('test/user-router.test.ts'), /^<{7} /m);
    const { code, output } = await repair();
    assert.equal(code, 0, output);
    assert.match(output, /Next:\n {2}git add --all\n {2}git commit\n {2}npm init microservice update\n/);
    const updated = await run(['update'], { cwd: folder });
    assert.equal(updated.code, 0, updated.errors.join('\n') + updated.output);
    const test = await read('test/user-router.test.ts');
    assert.match(test, /note/);
    assert.match(test, /status/);
    assert.doesNotMatch(test, /^(?:<{7} |>{7} )/m);
  });

  it("keeps git's conflict in a file that the owner has edited since, and an update with --force leaves it", async () => {
    await branch('note', 'field', 'user', '--fields', 'note:text:optional');
    await branch('status', 'field', 'user', '--fields', 'status:string:default(open)');
    await merge('note');
    await edit('test/user-router.test.ts', (text) => `${text}// mine\n`);
    const marked = await read('test/user-router.test.ts');
    assert.equal((await repair()).code, 1);
    const { code, output } = await run(['update', '--force'], { cwd: folder });
    assert.equal(code, 1);
    assert.match(output, /test\/user-router\.test\.ts \(marked by an earlier run/);
    assert.equal(await read('test/user-router.test.ts'), marked);
  });

  it('drops the event of a resource that the other branch removed, and names it', async () => {
    await branch('gone', 'remove', 'resource', 'user');
    await branch('verified', 'event', 'user.verified', '--fields', 'code:string');
    await git('checkout', '--quiet', 'gone');
    await merge('verified');
    const { output } = await repair();
    assert.match(output, /removed the resource "user", and the other one has its event "user\.verified"; /);
    assert.doesNotMatch(await read('.yo-rc.json'), /verified"/);
    await git('add', '--all');
    await commitAt(folder, 'Merge verified');
    const updated = await run(['update'], { cwd: folder });
    assert.doesNotMatch(updated.errors.join('\n'), /create-microservice: /);
  });

  it('is refused without a merge, and without a repository', async () => {
    const refused = await repair();
    assert.equal(refused.code, 1);
    assert.match(
      refused.errors.join('\n'),
      /user-service needs no repair: git neither merges now, nor is a merge/,
    );
  });
});
