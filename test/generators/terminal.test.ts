import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { hasTerminal } from '../support/terminal.ts';
import { bundledCommand, filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

/** Without colors, and without the line breaks of a narrow terminal. */
const plain = (text: string) => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ');

/** Runs the command in a pseudo terminal (util-linux's script), and types the next keys when the expected text appears. */
async function runInTerminal(args: string[], cwd: string, script: [shown: string, keys: string][]) {
  const command = [process.execPath, await bundledCommand(), ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
  let screen = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    screen = plain(screen + text);
    // one chunk may contain the text of several steps
    for (let next = script[0]; next && screen.includes(next[0]); next = script[0]) {
      screen = screen.slice(screen.indexOf(next[0]) + next[0].length);
      script.shift();
      child.stdin.write(next[1]);
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, screen: plain(all), left: script };
}

describe('create-microservice in a terminal', () => {
  before(function () {
    if (!hasTerminal()) this.skip();
  });
  afterEach(removeFolders);

  it('merges a file that both sides changed without a question, and shows no control characters of it', async () => {
    const cwd = await newFolder();
    await run(['user', ...quick], { cwd });
    const variables = path.join(cwd, 'user-service', '.env');
    const text = await readFile(variables, 'utf8');
    await writeFile(variables, text.replace(/^(SERVICE_NAME=.*)$/m, '$1\nMINE=my\u001b]0;title\u0007'));
    const changed = await filesIn(cwd);
    const asked = ['user', '--port', '8007'];
    const planned = await runInTerminal([...asked, '--dry-run'], cwd, [
      ['MINE=my\\u001b]0;title\\u0007', ''],
    ]);
    assert.deepEqual([planned.code, planned.left], [0, []]);
    assert.deepEqual(await filesIn(cwd), changed);
    const { code, screen } = await runInTerminal(asked, cwd, []);
    assert.equal(code, 0);
    assert.match(screen, /merged \.env/);
    assert.match(await readFile(variables, 'utf8'), /^MINE=my[^]*^PORT=8007$/m);
  }).timeout(120_000);

  it('asks nothing about a file that was changed by hand and is generated as before', async () => {
    const cwd = await newFolder();
    await run(['user', ...quick], { cwd });
    await appendFile(path.join(cwd, 'user-service', '.env'), 'MAIL_FROM=me@example.com\n');
    const changed = await filesIn(cwd);
    const { code, screen } = await runInTerminal(['user'], cwd, []);
    assert.equal(code, 0);
    assert.match(screen, /user-service is up to date; nothing was written/);
    assert.deepEqual(await filesIn(cwd), changed);
  }).timeout(60_000);

  it('ends with one line and writes nothing when Ctrl-C or Ctrl-D answers', async () => {
    for (const key of ['\u0003', '\u0004']) {
      const cwd = await newFolder();
      const { code, screen } = await runInTerminal(['user'], cwd, [['What does it do', key]]);
      assert.equal(code, 1);
      assert.match(screen, /create-microservice: stopped; nothing was written/);
      assert.deepEqual(await readdir(cwd), []);
    }
  }).timeout(60_000);

  it('writes the service of the answers', async () => {
    const cwd = await newFolder();
    const { code, screen, left } = await runInTerminal(
      ['user', '--no-resources', '--no-git', '--no-install'],
      cwd,
      [
        ['What does it do', 'Knows users\r'],
        ['Port of the service', '\r'],
        ['Port of its PostgreSQL', '\r'],
        ['Tokens that callers need', '\r'],
        ['Package manager', '\r'],
        ['Continuous integration', '\r'],
        ['A weekly pull request', '\r'],
        ['Kubernetes manifests?', 'n\r'],
      ],
    );
    assert.deepEqual([code, left], [0, []]);
    assert.match(screen, /Wrote user-service: \d+ files\./);
    assert.match(await readFile(path.join(cwd, 'user-service', 'package.json'), 'utf8'), /"Knows users"/);
  }).timeout(60_000);
});
