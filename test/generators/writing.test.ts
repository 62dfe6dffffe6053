import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { readBase } from '../../generators/output/base.ts';
import { writeFiles } from '../../generators/writing/write-files.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

interface YoRc {
  'create-microservice': { generator: string; version: string; answers: Record<string, unknown> };
}

const readYoRc = async (folder: string) => {
  const text = await readFile(path.join(folder, '.yo-rc.json'), 'utf8');
  return (JSON.parse(text) as YoRc)['create-microservice'];
};

describe('create-microservice, writing', () => {
  afterEach(removeFolders);

  it('writes a service to ./<name>-service, readable by all, and prints the next steps', async () => {
    const cwd = await newFolder();
    const { code, output, errors } = await run(['user', ...quick, '--port', '8011'], { cwd });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.match(
      output,
      /^Wrote user-service: \d+ files\.\n\nNext:\n {2}cd user-service\n {2}npm install\n {2}npm run contracts\n/,
    );
    assert.match(output, /http:\/\/localhost:8011\/docs/);
    assert.deepEqual(await readdir(cwd), ['user-service']);
    assert.equal((await stat(path.join(cwd, 'user-service'))).mode & 0o055, 0o055);
  });

  it('remembers its version, the answers, the ports, and every text as it was written, without the password', async () => {
    const cwd = await newFolder();
    const fields = 'email:string:unique age:integer:optional';
    await run(['user-service', ...quick, '--resource', 'user', '--fields', fields, '--no-ci'], { cwd });
    const folder = path.join(cwd, 'user-service');
    const { generator, version, answers } = await readYoRc(folder);
    assert.equal(generator, 'service');
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(answers, {
      name: 'user',
      description: 'The user service',
      resources: [{ name: 'user', fields }],
      consumes: [],
      fieldGrammar: 2,
      port: 8001,
      databasePort: 5432,
      packageManager: 'npm',
      ci: 'none',
      kubernetes: true,
    });
    const base = await readBase(folder);
    const written = [...(await filesIn(folder)).keys()].filter((file) => !file.startsWith('.yo-'));
    assert.deepEqual(
      [...base.keys()].toSorted(),
      written.map((file) => file.replaceAll('\\', '/')).toSorted(),
    );
    const { DATABASE_PASSWORD = '' } = parseEnv(await readFile(path.join(folder, '.env'), 'utf8'));
    for (const [file, text] of base) {
      const present = await readFile(path.join(folder, file), 'utf8');
      assert.equal(present.replaceAll(DATABASE_PASSWORD, 'RANDOM_PASSWORD'), text);
    }
  });

  it('writes nothing with --dry-run, and lists the files that it would write', async () => {
    const cwd = await newFolder();
    const { code, output } = await run(['user', '--yes', '--dry-run'], { cwd });
    assert.equal(code, 0);
    assert.match(output, /Would write to user-service:\n {2}written {3}/);
    assert.match(output, /written {3}src\/main\.ts/);
    assert.match(
      output,
      /Would run git -c init\.defaultBranch=main init --quiet\nWould run npm install\nWould run npm run contracts\nNothing was written\.\n$/,
    );
    assert.deepEqual(await readdir(cwd), []);
  });

  it('creates a git repository, and reports a step that fails after the files are written', async () => {
    const cwd = await newFolder();
    const old = { ...(await oldGit()), GIT_CONFIG_GLOBAL: path.join(cwd, 'none'), GIT_CONFIG_NOSYSTEM: '1' };
    assert.equal((await run(['user', '--yes', '--no-install'], { cwd, env: old })).code, 0);
    const head = await readFile(path.join(cwd, 'user-service', '.git', 'HEAD'), 'utf8');
    assert.equal(head, 'ref: refs/heads/main\n');
    const env = {
      npm_config_registry: 'http://127.0.0.1:1',
      npm_config_fetch_retries: '0',
      npm_config_cache: cwd,
    };
    const { code, errors } = await run(['order', '--yes', '--no-git'], { cwd, env });
    assert.equal(code, 1);
    assert.match(
      errors.at(-1) ?? '',
      /order-service is written, but "npm install" failed \(\d+\).*run "npm install" in order-service$/,
    );
  }).timeout(120_000);

  it('accepts an empty folder and a bare clone, and refuses any other folder without --force', async () => {
    const cwd = await newFolder();
    await mkdir(path.join(cwd, 'user-service', '.git'), { recursive: true });
    assert.equal((await run(['user', ...quick], { cwd })).code, 0);
    await mkdir(path.join(cwd, 'order-service'));
    await writeFile(path.join(cwd, 'order-service', 'README.md'), 'mine');
    const refused = await run(['order', ...quick], { cwd });
    assert.equal(refused.code, 1);
    assert.match(refused.errors.join('\n'), /order-service exists, and this generator did not write it/);
    assert.deepEqual(await readdir(path.join(cwd, 'order-service')), ['README.md']);
    const forced = await run(['order', ...quick, '--force'], { cwd });
    assert.equal(forced.code, 1);
    assert.match(forced.output, /Conflicts to resolve in order-service:\n {2}README\.md \(1\)\n/);
    const readme = await readFile(path.join(cwd, 'order-service', 'README.md'), 'utf8');
    assert.match(readme, /^<<<<<<< yours \(README\.md\)\nmine\n/);
  });
});

describe('create-microservice, stopped during a step', () => {
  afterEach(removeFolders);

  it('says that the files are written, and what is left', async () => {
    const cwd = await newFolder();
    const stopping = '#!/bin/sh\nkill -INT $PPID\nwhile kill -0 $PPID 2>/dev/null; do sleep 0.05; done\n';
    await writeFile(path.join(cwd, 'npm'), stopping, { mode: 0o755 });
    const env = { PATH: `${cwd}${path.delimiter}${process.env['PATH']}` };
    const { code, errors } = await run(['user', '--yes', '--no-git'], { cwd, env });
    assert.equal(code, 130);
    assert.deepEqual(errors, [
      'create-microservice: stopped; user-service is written. Run "npm install" in user-service',
    ]);
  });
});

/** The variables of a machine whose git knows no `--initial-branch`, like those before 2.28. */
async function oldGit(): Promise<{ PATH: string }> {
  const folder = await newFolder();
  const { stdout } = await promisify(execFile)('which', ['git']);
  const program = `#!/bin/sh\ncase "$*" in *initial-branch*) exit 129;; esac\nexec ${stdout.trim()} "$@"\n`;
  await writeFile(path.join(folder, 'git'), program, { mode: 0o755 });
  return { PATH: `${folder}${path.delimiter}${process.env['PATH']}` };
}

describe('create-microservice, a second time', function () {
  this.timeout(120_000);
  let cwd: string;
  let folder: string;
  const { file } = copyForEachTest(
    'user-service',
    async (first) => void (await run(['user', ...quick, '--description', 'Keeps users'], { cwd: first })),
    (copy) => ({ cwd, folder } = copy),
  );

  it('changes nothing, whether it runs in the folder of the service or above it with the name', async () => {
    const before = await filesIn(folder);
    for (const [args, from] of [
      [['user'], cwd],
      [[], folder],
      [['user', '--yes'], cwd],
    ] as [string[], string][]) {
      const { code, output, errors } = await run(args, { cwd: from });
      assert.deepEqual({ code, errors }, { code: 0, errors: [] });
      assert.match(output, /is up to date; nothing was written/);
      assert.deepEqual(await filesIn(folder), before);
    }
  });

  it('keeps edited and deleted files if their generated text has not changed', async () => {
    await appendFile(file('.env'), 'MAIL_FROM=me@example.com\n');
    await writeFile(file('README.md'), 'mine');
    await rm(file('tsconfig.json'));
    const before = await filesIn(folder);
    const { code, output, errors } = await run(['user'], { cwd });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.match(output, /is up to date; nothing was written/);
    assert.deepEqual(await filesIn(folder), before);
    const planned = await run(['user', '--dry-run'], { cwd });
    assert.match(planned.output, /kept {6}\.env\n/);
    assert.match(planned.output, /kept {6}tsconfig\.json \(deleted\)\n/);
  });

  it('keeps edited files when an answer changes other files, and in the next run too', async () => {
    await writeFile(file('src/main.ts'), '// mine\n');
    await rm(file('tsconfig.json'));
    for (const flags of [['--no-kubernetes'], ['--port', '8007'], []]) {
      const { code, errors } = await run(['user', ...flags], { cwd });
      assert.deepEqual({ code, errors }, { code: 0, errors: [] });
      assert.equal(await readFile(file('src/main.ts'), 'utf8'), '// mine\n');
      assert.equal(existsSync(file('tsconfig.json')), false);
    }
    assert.match(await readFile(file('.env'), 'utf8'), /^PORT=8007$/m);
  });

  it('keeps an asyncapi.json that the code has changed, and names the commands that follow', async () => {
    await appendFile(file('asyncapi.json'), ' ');
    const mine = await readFile(file('asyncapi.json'), 'utf8');
    const flags = ['--fields', 'name:string nickname:string:optional'];
    const { code, output, errors } = await run(flags, { cwd: folder });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    assert.equal(await readFile(file('asyncapi.json'), 'utf8'), mine);
    assert.match(output, /^Changed \d+ files in user-service:\n/);
    assert.match(output, /left {6}asyncapi\.json \(from the code\)\n/);
    assert.match(output, /\n\nNext:\n {2}npm run contracts\n {2}npm run db:migrate\n {2}npm test\n$/);
    const planned = await run([], { cwd: folder });
    assert.match(planned.output, /^user-service is up to date; nothing was written\.\n$/);
  });

  it('reads new answers from flags, updates unedited files, and removes obsolete ones', async () => {
    await appendFile(file('k8s/deployment.yaml'), '# mine\n');
    const { code, output } = await run(['--no-kubernetes', '--port', '8007'], { cwd: folder });
    assert.equal(code, 0);
    assert.match(output, /written {3}\.env\n/);
    assert.match(output, /left {6}k8s\/deployment\.yaml \(yours now\)\n/);
    assert.match(output, /removed {3}k8s\//);
    assert.deepEqual(await readdir(file('k8s')), ['deployment.yaml']);
    const { answers } = await readYoRc(folder);
    assert.equal(answers['port'], 8007);
    assert.equal(answers['kubernetes'], false);
    assert.equal(answers['description'], 'Keeps users');
    assert.match((await run([], { cwd: folder })).output, /up to date/);
  });

  it('keeps the answers of other Yeoman generators in .yo-rc.json', async () => {
    const rc = JSON.parse(await readFile(file('.yo-rc.json'), 'utf8')) as object;
    await writeFile(file('.yo-rc.json'), JSON.stringify({ ...rc, 'generator-other': { a: 1 } }));
    await run(['--port', '8007'], { cwd: folder });
    assert.match(await readFile(file('.yo-rc.json'), 'utf8'), /"generator-other": \{\n {4}"a": 1/);
  });

  it('names the .yo-rc.json that it cannot read', async () => {
    await writeFile(file('.yo-rc.json'), '{');
    const { code, errors } = await run(['user', ...quick], { cwd });
    assert.equal(code, 1);
    assert.match(errors.at(-1) ?? '', /user-service\/\.yo-rc\.json is not JSON/);
  });
});

describe('create-microservice workspace', () => {
  afterEach(removeFolders);

  it('writes a folder with Kafka, and puts services into its services/ from any folder within it', async () => {
    const cwd = await newFolder();
    const { code, output } = await run(['workspace', 'my-system', '--yes'], { cwd });
    assert.equal(code, 0);
    assert.match(output, /cd my-system\n {2}npm init microservice user\n/);
    const root = path.join(cwd, 'my-system');
    const written = [...(await filesIn(root)).keys()];
    assert.deepEqual(written, [
      '.gitattributes',
      '.gitignore',
      '.yo-base/.gitattributes.txt',
      '.yo-base/.gitignore.txt',
      '.yo-base/README.md.txt',
      '.yo-base/docker-compose.kafka.yml.txt',
      '.yo-base/package.json.txt',
      '.yo-base/services/.gitkeep.txt',
      '.yo-rc.json',
      'README.md',
      'docker-compose.kafka.yml',
      'package.json',
      'services/.gitkeep',
    ]);
    await run(['user', ...quick], { cwd: root });
    await run(['order', ...quick], { cwd: path.join(root, 'services', 'user-service') });
    assert.deepEqual(await readdir(path.join(root, 'services')), [
      '.gitkeep',
      'order-service',
      'user-service',
    ]);
    assert.match((await run(['workspace'], { cwd: root })).output, /up to date/);
    const nested = await run(['workspace', 'inner', '--yes'], { cwd: root });
    assert.equal(nested.code, 1);
    assert.match(
      nested.errors.join('\n'),
      /is already a workspace, and a workspace inside it would use the same ports/,
    );
  });

  /** The generators know a sibling only by its `.yo-rc.json`. */
  const remember = async (cwd: string, name: string, answers: object) => {
    await mkdir(path.join(cwd, `${name}-service`));
    const remembered = { generator: 'service', version: '0.1.0', answers: { name, ...answers } };
    const text = JSON.stringify({ 'create-microservice': remembered });
    await writeFile(path.join(cwd, `${name}-service`, '.yo-rc.json'), text);
  };

  it('assigns the lowest ports that no sibling uses', async () => {
    const cwd = await newFolder();
    await remember(cwd, 'user', { port: 8001, databasePort: 5432 });
    await remember(cwd, 'billing', { port: 8003, databasePort: 5434 });
    assert.equal((await run(['mail', ...quick], { cwd })).code, 0);
    const { answers } = await readYoRc(path.join(cwd, 'mail-service'));
    assert.deepEqual([answers['port'], answers['databasePort']], [8002, 5433]);
    const taken = await run(['search', ...quick, '--database-port', '8001'], { cwd });
    assert.equal(taken.code, 1);
    assert.match(taken.errors.join('\n'), /8001 is already used by user-service; 5435 is free/);
  });

  it('refuses a resource that a sibling owns', async () => {
    const cwd = await newFolder();
    await remember(cwd, 'user', { resources: [{ name: 'user', fields: 'email:string' }] });
    const { code, errors } = await run(['account', ...quick, '--resource', 'user', '--fields', 'a:string'], {
      cwd,
    });
    assert.equal(code, 1);
    assert.match(errors.join('\n'), /user-service already owns the resource "user" and its topic/);
  });
});

describe('writeFiles', () => {
  afterEach(removeFolders);

  it('restores replaced files when a later file cannot be written', async () => {
    const parent = await newFolder();
    const folder = path.join(parent, 'user-service');
    await writeFiles(folder, new Map([['a.txt', 'one']]));
    await mkdir(path.join(folder, 'z.txt', 'in the way'), { recursive: true });
    const before = await filesIn(folder);
    const files = new Map([
      ['a.txt', 'two'],
      ['new/b.txt', 'two'],
      ['z.txt', 'two'],
    ]);
    await assert.rejects(writeFiles(folder, files), /cannot write .*user-service: /);
    assert.deepEqual(await filesIn(folder), before);
    assert.deepEqual(await readdir(folder), ['a.txt', 'z.txt']);
    assert.deepEqual(await readdir(parent), ['user-service']);
  });

  it('removes the staging folder of a killed run, and none of a running one', async () => {
    const parent = await newFolder();
    const own = `.user-service-${process.pid}-abcdef`;
    for (const name of ['.user-service-999999999-abcdef', own, '.user-service-mine'])
      await mkdir(path.join(parent, name, 'staging'), { recursive: true });
    await writeFiles(path.join(parent, 'user-service'), new Map([['a.txt', 'one']]));
    assert.deepEqual(
      (await readdir(parent)).toSorted(),
      [own, '.user-service-mine', 'user-service'].toSorted(),
    );
  });

  it('removes the folders that it created when it fails', async () => {
    const parent = await newFolder();
    const files = new Map([
      ['a', 'a file'],
      ['a/b', 'and a folder of the same name'],
    ]);
    await assert.rejects(writeFiles(path.join(parent, 'services', 'user-service'), files));
    assert.deepEqual(await readdir(parent), []);
  });
});
