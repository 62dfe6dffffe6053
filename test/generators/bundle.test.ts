import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { withoutPassword } from '../../generators/core/random-password.ts';
import {
  bundledCommand,
  filesIn,
  newFolder,
  quick,
  removeFolders,
  run,
  sourceCommand,
} from './support/command.ts';

const lines = ['--resource', 'order-line', '--fields', 'amount:decimal note:text:optional data:json'];
const users = [
  '--resource',
  'user',
  '--fields',
  'email:string:unique',
  '--package-manager',
  'pnpm',
  '--ci',
  'none',
];

const commands: [string, string[]][] = [
  ['a workspace', ['workspace', 'system', '--yes']],
  ['a service with resources, for pnpm', ['user', ...quick, ...users, ...lines]],
  [
    'a service that only handles events, for Yarn',
    [
      ...['mail', ...quick, '--no-resources', '--consumes', 'user.created'],
      ...['--package-manager', 'yarn', '--ci', 'none'],
    ],
  ],
];

/** Prints the files that Node has loaded. */
const listLoaded = `
  import Module from 'node:module';
  process.on('exit', () => console.error(Object.keys(Module._cache).map((file) => file.split(/[\\\\/]/).at(-1)).join()));
`;

/** No two runs give a service the same password. */
async function filesWithoutPasswords(folder: string): Promise<Map<string, string>> {
  const files = [...(await filesIn(folder))].map(([file, content]): [string, string] => {
    const text = Buffer.from(content, 'base64').toString('utf8');
    return [file, path.basename(file) === '.env' ? withoutPassword('.env', text) : content];
  });
  return new Map(files);
}

describe('the bundle', () => {
  afterEach(removeFolders);

  it('writes byte for byte the same files as the source', async () => {
    const [bundled, source] = [await newFolder(), await newFolder()];
    for (const [what, args] of commands) {
      const one = await run(args, { cwd: bundled });
      const other = await run(args, { cwd: source, program: sourceCommand });
      assert.equal(one.code, 0, `${what}: ${one.errors.join('\n')}`);
      assert.deepEqual(one, other, what);
    }
    const files = await filesWithoutPasswords(bundled);
    assert.ok(files.size > 60);
    assert.deepEqual(files, await filesWithoutPasswords(source));
  }).timeout(120_000);

  it('requires only itself and modules of Node', async () => {
    const folder = path.dirname(await bundledCommand());
    const late = (await readdir(path.join(folder, 'late'))).map((file) => path.join('late', file));
    const { metafile } = await build({
      entryPoints: ['create-microservice.js', 'main.js', ...late].map((file) => path.join(folder, file)),
      outdir: folder,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const foreign = imports.filter((each) => each.external && !isBuiltin(each.path)).map((each) => each.path);
    assert.deepEqual([...new Set(foreign)], []);
  });

  it('contains the licenses of the bundled packages, and templates that npm packs', async () => {
    const folder = path.dirname(await bundledCommand());
    const notices = await readFile(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['yeoman-generator', 'yeoman-environment', 'ejs', 'prettier', 'inflection']) {
      assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+`, 'm'));
    }
    const templates = await readdir(path.join(folder, 'templates'), { recursive: true });
    assert.deepEqual(
      templates.filter((file) => /^\.(gitignore|npmrc|npmignore)$/.test(path.basename(file))),
      [],
    );
  });

  it('names the required Node version at once', async () => {
    const old = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '18.20.8' });";
    for (const program of [[await bundledCommand()], sourceCommand]) {
      const { code, errors } = await run(['user', ...quick], {
        cwd: await newFolder(),
        program: ['--import', old, ...program],
      });
      assert.equal(code, 1);
      assert.deepEqual(errors, [
        'create-microservice: this is Node 18.20.8; install Node 20.19, 22.12 or newer from https://nodejs.org',
      ]);
    }
  });

  it('has an entry that an old Node can parse', async () => {
    const text = await readFile(await bundledCommand(), 'utf8');
    assert.doesNotMatch(text, /^import |=>|\?\.|\?\?|`|\bawait\b|\bconst\b|\blet\b/m);
  });

  it('loads prettier, prompts and conflicts only at their first use', async () => {
    const names = `data:text/javascript,${encodeURIComponent(listLoaded)}`;
    const program = ['--import', names, await bundledCommand()];
    const cwd = await newFolder();
    for (const args of [['--help'], ['user', ...quick, ...users], ['user', ...quick]]) {
      const { errors } = await run(args, { cwd, program });
      assert.deepEqual(errors, ['create-microservice.js,start.js'], args.join(' '));
    }
    const long = ['--resource', 'a-name-as-long-as-anybody-may-give-it', '--fields', 'a:string:secret'];
    const { errors } = await run(['long', ...quick, ...long], { cwd, program });
    assert.match(errors.join(), /prettier\.js/);
  });

  it('stores its compiled form after a generator has run, and writes the same with it', async () => {
    const folder = path.dirname(await bundledCommand());
    const stored = async () => (await readdir(folder)).filter((file) => file.endsWith('.cache'));
    for (const file of await stored()) await rm(path.join(folder, file));
    assert.equal((await run(['--help'], { cwd: folder })).code, 0);
    assert.deepEqual(await stored(), []);
    const [first, second] = [await newFolder(), await newFolder()];
    const one = await run(['user', ...quick, ...users], { cwd: first });
    assert.equal((await stored()).length, 1);
    assert.deepEqual(await run(['user', ...quick, ...users], { cwd: second }), one);
    assert.deepEqual(await filesWithoutPasswords(second), await filesWithoutPasswords(first));
  });
});
