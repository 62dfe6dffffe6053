import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { factsOf } from '../../../src/devkit/workspace/facts/service-facts.ts';
import { runWorkspaceCommand } from '../../../src/devkit/workspace/run-command.ts';
import { createWorkspaceFolder, type Ended, type WorkspaceFolder } from './workspace-folder.ts';

const manifest = (scripts: Record<string, string> = {}) =>
  JSON.stringify({ name: 'some-service', version: '1.2.3', type: 'module', scripts });

/** A service with a command that connects to its database, which no server serves until the command starts one. */
const ownCommand = {
  'src/app.ts': `import { connect } from 'node:net';
export const createService = ({ url }: { url: URL }) => ({
  parts: [],
  connected: () => new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket.end())).on('error', reject);
  }),
});`,
  'src/config.ts':
    'export const readConfig = ({ DATABASE_URL }: NodeJS.ProcessEnv) => ({ url: new URL(DATABASE_URL ?? "") });',
  'src/commands/count-databases.ts': `export async function run(service: { connected: () => Promise<unknown> }) {
  await service.connected();
  console.log('connected to 1 database');
}`,
};

describe('microservice-devkit over the services of a workspace', function () {
  this.timeout(120_000);
  let workspace: WorkspaceFolder;
  beforeEach(async () => {
    workspace = await createWorkspaceFolder();
  });
  afterEach(() => workspace.remove());

  const documentOf = <Value>({ stdout }: Ended): Value => JSON.parse(stdout) as Value;
  const summaryOf = ({ stdout }: Ended) => stdout.slice(stdout.indexOf('\n\n') + 2);

  it('migrates each database, starts the missing servers for it, and a failing service hides none', async () => {
    await workspace.add('billing', {
      'migrations/20260102000000_broken.ts':
        "export const up = () => { throw new Error('broken by hand'); }; export const down = () => {};",
    });
    await workspace.add('user');
    const migrated = await workspace.run(['migrate']);
    assert.equal(migrated.code, 1, migrated.stderr);
    assert.match(migrated.stdout, /^billing-service \| .*broken by hand/m);
    assert.match(migrated.stdout, /^user-service {4}\| Batch 1 run: 1 migrations$/m);
    assert.match(
      summaryOf(migrated),
      /^billing-service {2}failed {2}exit code 1, [\d.]+ s\nuser-service {5}ok {6}[\d.]+ s\n2 services: 1 ok, 1 failed\n$/,
    );

    const status = await workspace.run(['status', '--json']);
    assert.equal(status.code, 0, status.stderr);
    assert.deepEqual(documentOf(status), {
      services: [
        {
          service: 'billing-service',
          applied: 0,
          pending: ['20260101000000_users', '20260102000000_broken'],
        },
        { service: 'user-service', applied: 1, pending: [] },
      ],
    });

    assert.equal((await workspace.run(['rollback', 'user'])).code, 0);
    const after = await workspace.run(['status', 'user']);
    assert.equal(
      after.stdout,
      'service       applied  pending\nuser-service  0        20260101000000_users\n',
    );
  });

  it('runs a script with the arguments after --, in the folder of each service, and tells the exit codes', async () => {
    const script = 'node -p "process.cwd() + process.argv.slice(1)" --';
    await workspace.add('mail', { 'package.json': manifest({ show: script }) });
    await workspace.add('user', { 'package.json': manifest({ show: 'exit 3' }) });
    await workspace.add('video', { 'package.json': manifest({ build: 'true' }) });
    const shown = await workspace.run(['run', 'show', '--jobs', '1', '--', '--depth', '2']);
    assert.equal(shown.code, 1);
    assert.match(shown.stdout, /^mail-service {2}\| .*services\/mail-service--depth,2$/m);
    assert.match(shown.stdout, /user-service {3}failed {2}exit code 3/);
    assert.match(
      shown.stdout,
      /video-service {2}failed {2}package\.json has no script "show"\. Its scripts: build\./,
    );

    const bailed = await workspace.run(['run', 'show', 'user', 'mail', '--jobs', '1', '--bail', '--json']);
    assert.equal(bailed.code, 1);
    const { services } = documentOf<{ services: { service: string; status: string; exitCode?: number }[] }>(
      bailed,
    );
    assert.deepEqual(
      services.map(({ service, status, exitCode }) => [service, status, exitCode]),
      [
        ['user-service', 'failed', 3],
        ['mail-service', 'skipped', undefined],
      ],
    );
  });

  it('runs a command of the owner with its database, and adds a migration in the named service alone', async () => {
    const { root } = await workspace.add('user', ownCommand);
    await workspace.add('mail');
    const made = await workspace.run(['make', 'user', 'add_phone']);
    assert.equal(made.code, 0, made.stderr);
    const files = await readdir(path.join(root, 'migrations'));
    assert.ok(
      files.some((file) => /^\d{14}_add_phone\.ts$/.test(file)),
      files.join(', '),
    );
    const counted = await workspace.run(['command', 'user', 'count-databases']);
    assert.equal(counted.code, 0, counted.stdout);
    assert.match(counted.stdout, /^user-service \| connected to 1 database$/m);
    const ran = await workspace.run(['command', 'user', 'import-users']);
    assert.equal(ran.code, 1);
    assert.match(
      ran.stdout,
      /^user-service \| microservice-runtime: the service has no command "import-users"/m,
    );
  });

  it('refuses invalid words and flags, and names the remedy', async () => {
    await workspace.add('user');
    const refusals: [string[], RegExp][] = [
      [['migrate', 'usr'], /This workspace has no service "usr"\. Its services: user-service\./],
      [['migrate', '--fast'], /unknown flag --fast; microservice-devkit migrate --help shows the flags/],
      [['migrate', '--jobs', 'all'], /--jobs is "all", but must be a number from 1, such as --jobs 4\./],
      [['migrate', '--', '--debug'], /migrate passes no arguments on, but got "-- --debug"\./],
      [['make', 'user'], /make needs a service and the name of the migration/],
      [
        ['make', 'user', '../x'],
        /The name of a migration has letters, digits, "_" and "-", but is "\.\.\/x"\./,
      ],
      [['run'], /run needs the name of a script/],
      [['test', '--against', 'main'], /--against needs --affected\./],
      [['command', 'user', 'import', 'all'], /Write arguments of the command after "--": import -- all/],
    ];
    for (const [[name = '', ...args], pattern] of refusals)
      await assert.rejects(runWorkspaceCommand(name, args, workspace.root), pattern);
  });
});

describe('the facts about a service', () => {
  let workspace: WorkspaceFolder;
  before(async () => {
    workspace = await createWorkspaceFolder();
  });
  after(() => workspace.remove());

  const facts = async (name: string, files: Record<string, string>) => {
    const { root } = await workspace.add(name, { 'package.json': manifest(), ...files });
    return factsOf({ name: `${name}-service`, root });
  };

  it('are its version, address, database, events and commands', async () => {
    const { database, port, runtime, ...others } = await facts('user', {
      '.yo-rc.json':
        '{ "create-microservice": { "generator": "service", "version": "0.2.0", "answers": {} } }',
      'asyncapi.json': contract,
      'src/commands/import-users.ts': 'export const run = async () => {};',
    });
    assert.match(String(database), /^postgres:\/\/user@localhost:\d+\/users$/); // without the password
    assert.match(String(port), /^\d+$/);
    assert.match(String(runtime), /^\d+\.\d+\.\d+/);
    assert.deepEqual(others, {
      name: 'user-service',
      version: '1.2.3',
      generator: '0.2.0',
      publishes: [{ name: 'user.created v1', topic: 'user.events' }],
      consumes: [],
      commands: ['import-users'],
      problems: [],
    });
  });

  it('name the parts that cannot be read', async () => {
    const { problems } = await facts('mail', {
      'asyncapi.json': '{ "asyncapi": "2.6.0" }',
      'package.json': '{',
    });
    assert.equal(problems.length, 2);
    assert.match(String(problems), /package\.json cannot be read: /);
    assert.match(
      String(problems),
      /asyncapi\.json cannot be read: its "asyncapi" is "2\.6\.0", but only AsyncAPI 3 can be read\. Run npm run contracts in /,
    );
  });
});

const contract = JSON.stringify({
  asyncapi: '3.0.0',
  channels: {
    users: { address: 'user.events', messages: { created: { name: 'user.created.v1', payload: {} } } },
  },
  operations: { send: { action: 'send', channel: { $ref: '#/channels/users' } } },
});
