import assert from 'node:assert/strict';
import { readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { commitAt, gitAt } from '../generators/support/git.ts';
import { quick, succeed } from '../generators/support/command.ts';

const modules = path.resolve(import.meta.dirname, '../../node_modules');

/** Two branches, each of which adds a resource, a field and an event, merged by git and repaired. */
describe('a service after a git merge of two branches', function () {
  this.timeout(900_000);
  let folder: string;
  let service: string;

  before(async () => {
    folder = await temporaryFolder('branches');
    service = path.join(folder, 'user-service');
    await succeed(folder, 'user', ...quick, '--resource', 'user', '--fields', 'email:string');
    await gitAt(folder, 'init', '--quiet', '--initial-branch=main');
    await commitAt(service, 'Start');
    for (const [name, field] of Object.entries({ cart: 'note:text', wish: 'age:integer' })) {
      await gitAt(service, 'checkout', '--quiet', '-b', name, 'main');
      await change('resource', name, '--fields', 'code:string total:decimal:optional');
      await change('field', 'user', '--fields', `${field}:optional`, '--force');
      await change('event', `${name}.closed`, '--fields', 'reason:string');
      await commitAt(service, `Add ${name}`);
    }
    await gitAt(service, 'merge', '--quiet', 'cart').catch(() => undefined);
    await change('update', '--repair');
    await change('update'); // both branches changed some lines of the tests and of the README
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const change = (...args: string[]) => succeed(service, ...args);
  /** Runs a program of the packages of this repository, which have the versions of the service. */
  const program = (name: string, ...args: string[]) =>
    execute(path.join(modules, '.bin', name), args, { cwd: service });

  it('has the parts of both, and an update has nothing to do', async () => {
    assert.match(await change('update'), /is up to date; nothing was written/);
    const names = (await readdir(path.join(service, 'migrations'))).map((name) => name.slice(15)).toSorted();
    for (const name of ['create_carts.ts', 'create_wishes.ts', 'add_note_to_users.ts', 'add_age_to_users.ts'])
      assert.ok(names.includes(name), names.join());
  });

  it('passes its types, lint and tests', async () => {
    await symlink(modules, path.join(service, 'node_modules'));
    await program('tsc', '--noEmit');
    await program('oxlint', '--type-aware', '--deny-warnings');
    await program('prettier', '--check', '.');
    await program('mocha');
  });
});
