import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, chmod, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { baseFolder, readBase } from '../../generators/output/base.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, newFolder, quick } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

const git = (cwd: string, ...args: string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd });

interface Result {
  folder: string;
  written: boolean;
  files: { file: string; effect: string; why?: string; conflicts?: number; difference?: string }[];
  conflicts: string[];
}

describe('create-microservice, in a folder that its owner has edited', function () {
  this.timeout(240_000);
  let cwd: string;
  let folder: string;
  const { file, read, edit } = copyForEachTest(
    'user-service',
    async (first) => {
      const flags = ['--resource', 'user', '--fields', 'email:string'];
      assert.equal((await run(['user', ...quick, ...flags], { cwd: first })).code, 0);
    },
    (copy) => ({ cwd, folder } = copy),
  );

  const grow = (...flags: string[]) =>
    run(['--resource', 'user', '--fields', 'email:string note:text:optional', ...flags], { cwd: folder });

  it('adds the generated changes, keeps each edit, and names each file', async () => {
    await edit('src/services/user-service.ts', (text) => `// mine\n${text}`);
    await chmod(file('src/services/user-service.ts'), 0o640);
    await edit('src/schemas/user-schema.ts', (text) => `${text}\nexport const mine = 1;\n`);
    await appendFile(file('.env'), 'MAIL_FROM=me@example.com\n');
    await rm(file('src/models/user.ts'));
    const password = /^DATABASE_PASSWORD=(.*)$/m.exec(await read('.env'))?.[1] ?? '';
    const { code, output, errors } = await grow('--port', '8007');
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.match(output, /^Changed \d+ files in user-service:\n/);
    assert.match(output, /merged {4}src\/schemas\/user-schema\.ts\n/);
    assert.match(output, /merged {4}\.env\n/);
    assert.match(output, /left {6}src\/models\/user\.ts \(deleted\)\n/);
    assert.match(output, /written {3}migrations\/\d+_add_note_to_users\.ts\n/);
    assert.match(output, /kept {6}\d+ files\n/);
    assert.match(output, /user-service is not in a git repository: review the merged files/);
    assert.match(await read('src/schemas/user-schema.ts'), /note: textString[^]*export const mine = 1;\n$/);
    assert.match(await read('src/services/user-service.ts'), /^\/\/ mine\n/);
    assert.equal((await stat(file('src/services/user-service.ts'))).mode & 0o777, 0o640);
    const variables = await read('.env');
    for (const line of ['PORT=8007', 'MAIL_FROM=me@example.com', `DATABASE_PASSWORD=${password}`])
      assert.ok(variables.split('\n').includes(line), line);
    assert.doesNotMatch(variables, /RANDOM_PASSWORD/);
    assert.match((await run([], { cwd: folder })).output, /is up to date; nothing was written/);
  });

  it('marks a conflict in the file, exits with 1, and names the file until it is resolved', async () => {
    await edit('README.md', (text) => text.replaceAll('localhost:8001', 'localhost:9999'));
    const { code, output, errors } = await run(['--port', '8007', '--git'], { cwd: folder });
    assert.deepEqual({ code, errors }, { code: 1, errors: [] });
    assert.match(output, /conflict {2}README\.md\n/);
    assert.match(
      output,
      /\n\nConflicts to resolve in user-service:\n {2}README\.md \(\d+\)\nSearch each file for <<<<<<<, and keep the lines that you want\.\nThen run:\n {2}git .* init --quiet\n {2}npm test\n$/,
    );
    const [readme, { version }] = [
      await read('README.md'),
      JSON.parse(await readFile('package.json', 'utf8')) as { version: string },
    ];
    assert.match(readme, /^<<<<<<< yours \(README\.md\)\n[^]*:9999[^]*\n=======\n[^]*:8007/m);
    assert.ok(readme.includes(`\n>>>>>>> generated now (${version})\n`));
    assert.match((await readBase(folder)).get('README.md') ?? '', /localhost:8007/);
    const files = await filesIn(folder);
    assert.ok(![...files.keys()].some((name) => name.endsWith('.rej') || name.startsWith('.git/')));
    const again = await run([], { cwd: folder });
    assert.deepEqual([again.code, again.errors], [1, []]);
    assert.match(
      again.output,
      /^Nothing was written in user-service:\n[^]*Conflicts to resolve in user-service:\n {2}README\.md \(marked by an earlier run; resolve it, then run the command again\)\nSearch each file/,
    );
    assert.deepEqual(await filesIn(folder), files);
    await edit('README.md', (text) => text.replaceAll(/^<{7}[^]*?^={7}\n([^]*?)^>{7}.*\n/gm, '$1'));
    const resolved = await run([], { cwd: folder });
    assert.deepEqual([resolved.code, resolved.errors], [0, []]);
    assert.match(resolved.output, /is up to date; nothing was written/);
  });

  it('refuses to merge into uncommitted changes without --force; untouched and new files are free', async () => {
    await git(cwd, 'init', '--quiet');
    await git(cwd, 'add', '--all');
    await git(cwd, 'commit', '--quiet', '--message', 'Start');
    await appendFile(file('.env'), 'MAIL_FROM=me@example.com\n');
    await edit('src/schemas/user-schema.ts', (text) => `${text}\nexport const mine = 1;\n`);
    await edit('src/main.ts', (text) => `// mine\n${text}`);
    const before = await filesIn(folder);
    const refused = await grow();
    assert.equal(refused.code, 1);
    assert.deepEqual(refused.errors, [
      'create-microservice: these files in user-service have uncommitted changes, and the generator would merge its changes into them: ' +
        'src/schemas/user-schema.ts. Commit them first, or add --force',
    ]);
    assert.deepEqual(await filesIn(folder), before);
    assert.equal((await grow('--dry-run')).code, 0);
    await git(cwd, 'commit', '--quiet', '--message', 'Edit', 'user-service/src/schemas/user-schema.ts');
    const merged = await grow();
    assert.deepEqual([merged.code, merged.errors], [0, []]);
    assert.doesNotMatch(merged.output, /git repository/);
    await edit('README.md', (text) => `${text}mine\n`);
    const forced = await run(['--port', '8007', '--force'], { cwd: folder });
    assert.deepEqual([forced.code, forced.errors], [0, []]);
    assert.match(await read('README.md'), /localhost:8007[^]*\nmine\n$/);
  });

  it('shows the differences with --dry-run, which git can apply, without the password', async () => {
    const edited = path.join(await newFolder(), 'edited');
    await edit('README.md', (text) => `mine\n${text}`);
    await cp(folder, edited, { recursive: true });
    const password = /^DATABASE_PASSWORD=(.*)$/m.exec(await read('.env'))?.[1] ?? '';
    const before = await filesIn(folder);
    const { code, output } = await grow('--no-kubernetes', '--dry-run');
    assert.equal(code, 0);
    assert.deepEqual(await filesIn(folder), before);
    assert.ok(password.length > 10 && !output.includes(password));
    const patch = output.slice(output.indexOf('\n--- ') + 1, output.indexOf('\nNothing was written'));
    await writeFile(path.join(cwd, 'a.patch'), `${patch}\n`);
    await git(folder, 'apply', '--verbose', path.join(cwd, 'a.patch'));
    const isMemory = ([name]: [string, string]) => !name.startsWith('.yo-');
    const applied = [...(await filesIn(folder))].filter(isMemory);
    await rm(folder, { recursive: true });
    await cp(edited, folder, { recursive: true });
    assert.equal((await grow('--no-kubernetes')).code, 0);
    assert.deepEqual([...(await filesIn(folder))].filter(isMemory), applied);
  });

  it('prints one document with --json', async () => {
    await edit('README.md', (text) => text.replaceAll('localhost:8001', 'localhost:9999'));
    const planned = await run(['--port', '8007', '--json', '--dry-run'], { cwd: folder });
    const plan = JSON.parse(planned.output) as Result;
    assert.deepEqual([planned.code, plan.written, plan.conflicts], [1, false, ['README.md']]);
    assert.match(plan.files.find((each) => each.file === '.env')?.difference ?? '', /^--- a\/\.env\n/);
    const done = await run(['--port', '8007', '--json'], { cwd: folder });
    const result = JSON.parse(done.output) as Result;
    assert.deepEqual([done.code, done.errors, result.written], [1, [], true]);
    const effects = Object.fromEntries(result.files.map((each) => [each.file, each.effect]));
    assert.deepEqual(
      [effects['README.md'], effects['.env'], effects['src/main.ts']],
      ['conflict', 'written', 'kept'],
    );
  });

  it('suggests which deleted file the owner has renamed, if its generated text changed, and does not touch it', async () => {
    const mine = `${await read('src/models/user.ts')}export const mine = 1;\n`;
    await writeFile(file('src/models/person.ts'), mine);
    await rm(file('src/models/user.ts'));
    await rm(file('src/main.ts'));
    await mkdir(file('node_modules/a'), { recursive: true });
    await writeFile(file('node_modules/a/user.ts'), mine);
    const { code, output } = await grow();
    assert.equal(code, 0);
    assert.deepEqual(
      output.split('\n').filter((line) => line.includes('looks like')),
      [
        'src/models/person.ts looks like src/models/user.ts. If you renamed it, add the changes in .yo-base/src/models/user.ts.txt by hand.',
      ],
    );
    assert.equal(await read('src/models/person.ts'), mine);
    assert.match(
      (await run([], { cwd: folder })).output,
      /^user-service is up to date; nothing was written\.\n$/,
    );
  });

  it('does not touch a file that .yo-keep names, and merges it once the entry is gone', async () => {
    await writeFile(file('.yo-keep'), '# ours\nREADME.md\n');
    const readme = await read('README.md');
    const { output } = await run(['--port', '8007'], { cwd: folder });
    assert.match(output, /left {6}README\.md \(in \.yo-keep\)\n/);
    assert.equal(await read('README.md'), readme);
    await rm(file('.yo-keep'));
    await run([], { cwd: folder });
    assert.match(await read('README.md'), /localhost:8007/);
  });

  it('has the same result when a run is repeated that was killed before, between or after its files', async () => {
    const flags = ['--no-kubernetes', '--port', '8007'];
    await edit('README.md', (text) => `mine\n${text}`);
    await edit('src/schemas/user-schema.ts', (text) => `${text}\nexport const mine = 1;\n`);
    const start = await newFolder();
    await cp(folder, start, { recursive: true });
    assert.equal((await grow(...flags)).code, 0);
    const whole = await filesIn(folder);
    const names = [...whole.keys()].filter((name) => !name.startsWith('.yo-'));
    for (const written of [1, Math.floor(names.length / 2), names.length]) {
      const killed = path.join(await newFolder(), 'user-service');
      await cp(start, killed, { recursive: true });
      for (const name of names.slice(0, written)) await cp(file(name), path.join(killed, name));
      const { code, errors } = await run(
        ['--resource', 'user', '--fields', 'email:string note:text:optional', ...flags],
        { cwd: killed },
      );
      assert.deepEqual([code, errors], [0, []]);
      assert.deepEqual(await filesIn(killed), whole, `${written} files written`);
    }
  });

  it('refuses a folder of a newer version, and of 0.1.0, in one line', async () => {
    await edit('.yo-rc.json', (text) => text.replace(/"version": ".*"/, '"version": "99.1.0"'));
    const newer = await run(['--port', '8007'], { cwd: folder });
    assert.equal(newer.code, 1);
    assert.equal(newer.errors.length, 1);
    assert.match(
      newer.errors[0] ?? '',
      /99\.1\.0 wrote user-service, .* run npm init microservice@99\.1\.0 there/,
    );
    await edit('.yo-rc.json', (text) => text.replace('99.1.0', '0.1.0'));
    await rm(file(baseFolder), { recursive: true });
    await writeFile(file('.yo-pristine.json.gz'), '');
    const older = await run(['--port', '8007'], { cwd: folder });
    assert.equal(older.code, 1);
    assert.equal(older.errors.length, 1);
    assert.match(older.errors[0] ?? '', /0\.1 wrote user-service, and this version cannot update it/);
  });
});
