import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as prettier from 'prettier';
import { filesIn, newFolder, quick, removeFolders } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

const git = (cwd: string, ...args: string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd });

/** Commits the content of `folder`, and clones it like Git for Windows does by default. */
async function cloneWithCrlf(folder: string, to: string): Promise<void> {
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '--all', '--force');
  await git(folder, 'commit', '--quiet', '--message', 'Start');
  await git(folder, 'clone', '--quiet', '--config', 'core.autocrlf=true', folder, to);
}

/** The files of a folder whose lines end with CR LF; the generator's own memory is left out. */
async function crlfFilesIn(folder: string): Promise<string[]> {
  const files = [...(await filesIn(folder))].filter(([file]) => !file.startsWith('.yo-base'));
  return files.flatMap(([file, bytes]) => (Buffer.from(bytes, 'base64').includes('\r\n') ? [file] : []));
}

/** The files that `prettier --check .` would name. */
async function unformattedIn(folder: string): Promise<string[]> {
  const unformatted: string[] = [];
  for (const [file, bytes] of await filesIn(folder)) {
    const filepath = path.join(folder, file);
    const { ignored, inferredParser } = await prettier.getFileInfo(filepath, {
      ignorePath: path.join(folder, '.prettierignore'),
    });
    if (ignored || !inferredParser) continue;
    const options = { ...(await prettier.resolveConfig(filepath)), filepath };
    if (!(await prettier.check(Buffer.from(bytes, 'base64').toString(), options))) unformatted.push(file);
  }
  return unformatted;
}

describe('a clone with core.autocrlf=true', function () {
  this.timeout(180_000);
  afterEach(removeFolders);

  async function cloned(args: string[], change: (folder: string) => Promise<void> = async () => {}) {
    const [origin, cwd] = [await newFolder(), await newFolder()];
    await run([...args, ...quick.filter((flag) => args[0] !== 'workspace' || flag !== '--no-install')], {
      cwd: origin,
    });
    const name = args[0] === 'workspace' ? (args[1] ?? '') : `${args[0]}-service`;
    await change(path.join(origin, name));
    await cloneWithCrlf(path.join(origin, name), path.join(cwd, name));
    return { cwd, folder: path.join(cwd, name) };
  }

  it('of a service has its original line endings, formatted and unchanged', async () => {
    const { cwd, folder } = await cloned(['user']);
    assert.deepEqual(await crlfFilesIn(folder), []);
    assert.deepEqual(await unformattedIn(folder), []);
    const { code, output } = await run(['user'], { cwd });
    assert.equal(code, 0);
    assert.match(output, /is up to date; nothing was written/);
  });

  it('of a workspace has its original line endings', async () => {
    const { folder } = await cloned(['workspace', 'shop']);
    assert.deepEqual(await crlfFilesIn(folder), []);
  });

  it('of a service without .gitattributes counts as untouched, and keeps its line endings when written', async () => {
    const { cwd, folder } = await cloned(['user'], (origin) =>
      rm(path.join(origin, '.gitattributes'), { force: true }),
    );
    const crlf = await crlfFilesIn(folder);
    assert.ok(crlf.includes('README.md') && crlf.includes('src/main.ts'), 'git wrote CR LF');
    assert.deepEqual(await unformattedIn(folder), []);

    const { code, output, errors } = await run(['user', '--port', '8007'], { cwd });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.match(output, /written +README\.md\n/);
    const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
    assert.match(readme, /localhost:8007/);
    assert.equal(/(?<!\r)\n/.test(readme), false);
    assert.deepEqual(await crlfFilesIn(folder), crlf);

    await appendFile(path.join(folder, 'README.md'), 'mine\r\n');
    const merged = await run(['user', '--port', '8008', '--force'], { cwd });
    assert.deepEqual([merged.code, merged.errors], [0, []]);
    const text = await readFile(path.join(folder, 'README.md'), 'utf8');
    assert.match(text, /localhost:8008/);
    assert.match(text, /\r\nmine\r\n$/);
    assert.equal(/(?<!\r)\n/.test(text), false);
  });
});
