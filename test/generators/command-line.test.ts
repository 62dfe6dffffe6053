import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { generators } from '../../generators/cli/registry.ts';
import { spellings } from '../../generators/cli/flags.ts';
import { fieldTypes } from '../../generators/service/model/answers.ts';
import { newFolder, quick, removeFolders, run } from './support/command.ts';

const fields = (text: string) => ['order', ...quick, '--resource', 'order', '--fields', text];
const resource = (name: string) => ['order', ...quick, '--resource', name, '--fields', 'label:string'];

/** The arguments, and the content of the one-line error. */
const refused: [args: string[], message: RegExp][] = [
  [['User', ...quick], /"User" is not kebab-case.*try "user"/],
  [['service', 'service', ...quick], /"service" is reserved/],
  [['user', '--name', 'order', ...quick], /two names are given: "user" and --name "order"/],
  [['servce', 'user'], /unknown generator "servce"\. Did you mean "service"\?/],
  [['service', 'user', 'order'], /unexpected argument "order"/],
  [['user', '--prot', '8001'], /unknown flag --prot\. Did you mean --port\?/],
  [['user', '--no-kubernets'], /unknown flag --no-kubernets\. Did you mean --no-kubernetes\?/],
  [['user', '--port'], /--port needs a value: --port <number>/],
  [['user', '--kubernetes=maybe', ...quick], /--kubernetes is a switch and takes no value, not "maybe"/],
  [['workspace', 'system', '--port', '8001'], /--port is a flag of the generator service, not of workspace/],
  [['user', '--port', 'x', ...quick], /--port takes a whole number, not "x"/],
  [['user', '--port', '9092', ...quick], /9092 is the port of Kafka; 8001 is free/],
  [
    ['user', '--port', '8001', '--database-port', '8001', ...quick],
    /8001 is already the port of the service/,
  ],
  [['user', '--ci', 'gitlab', ...quick], /--ci takes github or none, not "gitlab"/],
  [['user', '--description', '', ...quick], /the description is empty/],
  [
    ['news', ...quick],
    /the resource of "news" needs a name of its own: "news" has no plural of its own.* \(try "news-item"\)\. Add --resource <name> --fields "name:string", or --no-resources$/,
  ],
  [
    ['analytics', ...quick],
    /"analytics" has no plural of its own.* \(try "analytics-report"\)\. Add --resource/,
  ],
  [
    ['news', ...quick, '--fields', 'title:string'],
    /\(try "news-item"\)\. Put --resource <name> before --fields$/,
  ],
  [
    ['events', ...quick],
    /the resource of "events" needs a name of its own: "event" is a name that the generated/,
  ],
  [['naïve', ...quick], /^create-microservice: the name: "naïve" is not kebab-case.* \(try "naive"\)$/],
  [
    ['workspace', 'shop', '--skip-install'],
    /--skip-install is a flag of the generator service, not of workspace/,
  ],
  [
    ['workspace', 'shop', '--no-install'],
    /--no-install is a flag of the generator service, not of workspace/,
  ],
  [resource('events'), /"events" is a plural, and its singular cannot be used: "event" is a name that/],
  [resource('users'), /"users" is a plural; use the singular \("user"\)/],
  [resource('event'), /"event" is a name that the generated code uses/],
  [
    [...resource('order'), '--resource', 'order', '--fields', 'a:string'],
    /the resource "order" exists already/,
  ],
  [[...resource('user'), '--resource', 'new-user', '--fields', 'a:string'], /would both write "NewUser"/],
  [
    ['order', ...quick, '--fields', 'a:string', '--resource', 'user', '--fields', 'b:string'],
    /--fields "a:string" comes before any --resource/,
  ],
  [['order', ...quick, '--fields', 'a:strng'], /--fields of order: .*unknown type "strng"/],
  [['order', ...quick, '--resource', 'order'], /--resource order has no fields; add --fields/],
  [fields('a:strng'), /unknown type "strng"\. Did you mean "string"\?/],
  [fields('id:uuid'), /the field "id" already exists/],
  [fields('first_name:string'), /"first_name" is not camelCase.*try "firstName"/],
  [fields('order:integer'), /the column "order" would be a reserved word of SQL/],
  [
    ['order', ...quick, '--consumes', 'user.created'],
    /no known service publishes "user\.created".*--contract/,
  ],
  [
    ['order', ...quick, '--contract', 'none.json', '--consumes', 'a.b'],
    /cannot read the contract .*no such file/,
  ],
  [['order', ...quick, '--contract', 'none.json'], /add --consumes <event>/],
  [['order', ...quick, '--fields', 'total:integer', 'name:string'], /quote all fields together: --fields "/],
];

describe('create-microservice, refusing', () => {
  afterEach(removeFolders);

  for (const [args, message] of refused) {
    it(`answers "${args.filter((arg) => !quick.includes(arg)).join(' ')}" with one line, and writes nothing`, async () => {
      const cwd = await newFolder();
      const { code, output, errors } = await run(args, { cwd });
      assert.equal(code, 1);
      assert.equal(output, '');
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0] ?? '', /^create-microservice: /);
      assert.match(errors[0] ?? '', message);
      assert.deepEqual(await readdir(cwd), []);
    });
  }

  it('names a resource after the service, in the singular, and says so', async () => {
    for (const [name, resource] of Object.entries({
      orders: 'order',
      media: 'medium',
      'user-addresses': 'user-address',
    })) {
      const { code, output, errors } = await run([name, ...quick, '--dry-run'], { cwd: await newFolder() });
      assert.deepEqual({ code, errors }, { code: 0, errors: [] });
      assert.match(output, new RegExp(`^Would write to ${name}-service:\n`));
      assert.match(output, new RegExp(`written +src/models/${resource}\\.ts\n`));
      const note = `The resource is named "${resource}", the singular of "${name}"; --resource <name> chooses another name.`;
      assert.ok(output.includes(`${note}\n`), output);
    }
  });

  it('installs nothing with --skip-install, as Yeoman spells it, and ignores the -- of npm init', async () => {
    const flags = ['--', '--yes', '--no-git', '--dry-run'];
    const { code, output } = await run(['user', ...flags, '--skip-install'], { cwd: await newFolder() });
    assert.equal(code, 0);
    assert.doesNotMatch(output, /Would run/);
  });

  it('suggests --yes for missing answers without a terminal', async () => {
    const { code, errors } = await run(['user', '--ci', 'none', '--no-git'], { cwd: await newFolder() });
    assert.equal(code, 1);
    assert.deepEqual(errors, [
      'create-microservice: cannot ask for 10 answers without a terminal; add --yes for the defaults, which --help lists',
    ]);
  });

  it('requires a name, and shows a command with one', async () => {
    for (const [args, example] of [
      [['--yes'], 'user'],
      [['--ci', 'none'], 'user'],
      [['workspace', '--yes'], 'workspace my-system'],
    ] as [string[], string][]) {
      const { code, errors } = await run(args, { cwd: await newFolder() });
      assert.equal(code, 1);
      assert.deepEqual(errors, [
        `create-microservice: a name is required: npm init microservice ${example} -- --yes`,
      ]);
    }
  });

  it('checks for git and the package manager before it writes', async () => {
    const cwd = await newFolder();
    const { code, errors } = await run(['user', '--yes', '--package-manager', 'pnpm'], {
      cwd,
      env: { PATH: cwd },
    });
    assert.equal(code, 1);
    assert.match(errors.join('\n'), /"git" is not on the PATH; install it, or add --no-git/);
    assert.deepEqual(await readdir(cwd), []);
  });

  it('leaves no file behind in a folder without write permission', async () => {
    const cwd = await newFolder();
    const { code, errors } = await run(['user', ...quick, '--dry-run'], { cwd: '/proc' });
    assert.equal(code, 0, errors.join('\n'));
    const failed = await run(['user', ...quick], { cwd: '/proc' });
    assert.equal(failed.code, 1);
    assert.equal(failed.errors.length, 1);
    assert.match(failed.errors[0] ?? '', /cannot write user-service: /);
    assert.deepEqual(await readdir(cwd), []);
  });
});

describe('create-microservice, help', () => {
  afterEach(removeFolders);

  it('lists every flag of every generator with --help', async () => {
    const { code, output } = await run(['--help'], { cwd: await newFolder() });
    assert.equal(code, 0);
    assert.equal((await run(['help'], { cwd: await newFolder() })).output, output);
    for (const { name, questions, options } of generators) {
      assert.ok(output.includes(`Flags of ${name}:`));
      const flags = [...questions.flatMap((question) => question.flags), ...options];
      for (const flag of spellings(flags))
        assert.ok(output.includes(`--${flag}`), `--${flag} is not in the help`);
    }
    for (const flag of ['yes', 'dry-run', 'force', 'json', 'help', 'version'])
      assert.ok(output.includes(`--${flag}`));
  });

  it('explains the fields, with every type and modifier', async () => {
    const { output } = await run(['--help'], { cwd: await newFolder() });
    const [, fields = ''] = output.split('\nFields: ');
    assert.match(fields, /^--fields "email:string:unique age:integer:optional"\n/);
    for (const type of fieldTypes) assert.match(fields, new RegExp(`\\b${type}\\b`));
    for (const modifier of ['unique', 'optional', 'index', 'secret', 'public', 'default'])
      assert.match(fields, new RegExp(`^ +:${modifier} +\\w`, 'm'));
  });

  it('prints its version with --version and -v', async () => {
    const cwd = await newFolder();
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    assert.equal((await run(['--version'], { cwd })).output, `${version}\n`);
    assert.equal((await run(['-v'], { cwd })).output, `${version}\n`);
    for (const words of [
      ['event', 'user.hired', '--version', 'two'],
      ['remove', 'event', 'user.hired', '--version'],
    ]) {
      const { code, output, errors } = await run(words, { cwd });
      assert.deepEqual([code, output], [1, '']);
      assert.deepEqual(errors, [
        `create-microservice: --version of ${words[0]} needs a number; write --version 2`,
      ]);
    }
  });
});

describe('npm init microservice, with flags before "--"', () => {
  afterEach(removeFolders);

  const underNpm = { npm_command: 'init' };

  // The environment that npm 11 sets for: npm init microservice user --package-manager pnpm --ci none --no-kubernetes
  // --no-git --dry-run
  const kept = {
    npm_config_package_manager: 'true',
    npm_config_cidr: 'none',
    npm_config_kubernetes: '',
    npm_config_git: 'false',
    npm_config_dry_run: 'true',
    npm_config_yes: '',
  };

  it('names the flags that npm kept, and writes nothing', async () => {
    const cwd = await newFolder();
    const { code, errors } = await run(['user', 'pnpm'], { cwd, env: { ...underNpm, ...kept } });
    assert.equal(code, 1);
    assert.deepEqual(errors, [
      'create-microservice: npm took --dry-run, --package-manager, --ci "none", --no-kubernetes, --no-git for itself. ' +
        'Put the generator\'s flags after "--": npm init microservice user -- ' +
        '--dry-run --package-manager --ci "none" --no-kubernetes --no-git ...',
    ]);
    assert.deepEqual(await readdir(cwd), []);
  });

  it('only warns about a flag that npm knows too, unless it also follows "--"', async () => {
    const env = { ...underNpm, npm_config_yes: 'true', npm_config_force: 'true' };
    const { code, errors } = await run(['user', ...quick], { cwd: await newFolder(), env });
    assert.equal(code, 0);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /note: npm took --force for itself/);
  });

  it('ignores flags of npm in the script of a package', async () => {
    const env = { npm_command: 'run-script', npm_config_ci: 'none' };
    const { code, errors } = await run(['user', ...quick], { cwd: await newFolder(), env });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
  });
});
