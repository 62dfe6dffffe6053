import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findPlace, findSiblings } from '../../generators/output/place.ts';
import { filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 54_321;

describe('a .yo-rc.json near the folder of the command', () => {
  let above: string;
  let cwd: string;
  let notes: string[];

  beforeEach(async function () {
    if (process.platform === 'win32') this.skip();
    above = await newFolder();
    cwd = path.join(above, 'here');
    await mkdir(cwd);
    notes = [];
  });
  afterEach(removeFolders);

  const remember = async (folder: string, generator: string, answers: object = {}): Promise<string> => {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, '.yo-rc.json');
    const remembered = { generator, version: '0.1.0', answers };
    await writeFile(file, JSON.stringify({ 'create-microservice': remembered }));
    return file;
  };
  const note = (line: string) => void notes.push(line);
  const place = () => findPlace(cwd, note);
  const assertIgnored = async (reason: RegExp) => {
    assert.deepEqual(await place(), { cwd });
    assert.equal(notes.length, 1);
    assert.match(notes.splice(0)[0] ?? '', reason);
  };

  it('counts if it belongs to this user', async () => {
    await remember(above, 'workspace');
    assert.deepEqual([(await place()).workspace, notes], [above, []]);
  });

  it('does not count as a workspace if it belongs to another user', async function () {
    if (!isRoot) skipFor(this, 'only root can give a file to another user');
    const file = await remember(above, 'workspace');
    await chown(file, stranger, stranger);
    await assertIgnored(/^\/.*\/\.yo-rc\.json is ignored: it belongs to user 54321/);
    await chown(file, 0, 0);
    await chown(above, stranger, stranger);
    await assertIgnored(/is ignored: its folder belongs to user 54321/);
  });

  it('does not count as a workspace if every user can write to the file or its folder', async () => {
    const file = await remember(above, 'workspace');
    await chmod(above, 0o1777);
    await assertIgnored(/is ignored: every user can write to its folder/);
    await chmod(above, 0o755);
    await chmod(file, 0o646);
    await assertIgnored(/is ignored: every user can write to it[^s]/);
  });

  it('does not count as a workspace if it is a pipe or a link', async () => {
    const file = path.join(above, '.yo-rc.json');
    execFileSync('mkfifo', [file]);
    await assertIgnored(/is ignored: it is not a regular file/);
    await remember(path.join(above, 'other'), 'workspace');
    execFileSync('rm', [file]);
    await symlink('other/.yo-rc.json', file);
    await assertIgnored(/is ignored: it is not a regular file/);
  });

  it('counts if the folder has the same owner, as for root in a container', async function () {
    if (!isRoot) skipFor(this, 'only root can give a file to another user');
    for (const each of [await remember(above, 'workspace'), above, cwd])
      await chown(each, stranger, stranger);
    assert.deepEqual([(await place()).workspace, notes], [above, []]);
  });

  it('does not name the new service, in a folder that every user can write to', async () => {
    await chmod(cwd, 0o1777);
    await remember(cwd, 'service', { name: 'evil' });
    await assertIgnored(/here\/\.yo-rc\.json is ignored: every user can write to its folder/);
  });

  it('does not count as a sibling', async function () {
    if (!isRoot) skipFor(this, 'only root can give a file to another user');
    const [ours, theirs] = ['ours-service', 'theirs-service'].map((name) => path.join(cwd, name));
    await remember(ours ?? '', 'service', { port: 8001 });
    await chown(await remember(theirs ?? '', 'service', { port: 8002 }), stranger, stranger);
    const found = await findSiblings(cwd, { cwd, note });
    assert.deepEqual([found.map(({ folder }) => folder), notes.length], [[ours], 1]);
  });

  it('is not updated if it belongs to another user', async function () {
    if (!isRoot) skipFor(this, 'only root can give a file to another user');
    const folder = path.join(cwd, 'user-service');
    const file = await remember(folder, 'service', { name: 'user' });
    for (const each of [file, folder]) await chown(each, stranger, stranger);
    const before = await filesIn(folder);
    const { code, errors } = await run(['user', ...quick], { cwd });
    assert.equal(code, 1);
    assert.match(errors.at(-1) ?? '', /user-service\/\.yo-rc\.json.* it belongs to user 54321/);
    assert.deepEqual(await filesIn(folder), before);
  });

  it('is reported on standard error if it is ignored, and the command continues', async () => {
    await remember(above, 'workspace');
    await chmod(above, 0o1777);
    const { code, errors } = await run(['user', ...quick, '--dry-run'], { cwd });
    assert.equal(code, 0);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /^create-microservice: note: .*\.yo-rc\.json is ignored: every user/);
  });
});

function skipFor(context: Mocha.Context, reason: string): never {
  console.log(`      skipped: ${reason}`);
  return context.skip();
}
