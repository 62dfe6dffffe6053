import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commands } from '../../generators/service/commands/commands.ts';
import { spelledCall } from '../../generators/service/commands/spelling.ts';
import { flagsOf, entries } from '../../generators/cli/registry.ts';
import { filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

describe('a command in the folder of a service', function () {
  this.timeout(180_000);
  let first: string;
  let cwd: string;
  let folder: string;
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  const edit = async (name: string, change: (text: string) => string) =>
    writeFile(path.join(folder, name), change(await read(name)));

  before(async () => {
    first = await mkdtemp(path.join(tmpdir(), 'generators-'));
    const driver = ['--resource', 'driver', '--fields', 'name:string'];
    const { code, errors } = await run(['taxi', ...quick, ...driver], { cwd: first });
    assert.deepEqual([code, errors], [0, []]);
  });
  beforeEach(async () => {
    cwd = await newFolder();
    await cp(first, cwd, { recursive: true });
    folder = path.join(cwd, 'taxi-service');
  });
  after(() => rm(first, { recursive: true, force: true }));
  afterEach(removeFolders);

  const change = async (...args: string[]) => {
    const { code, output, errors } = await run(args, { cwd: folder });
    assert.deepEqual([code, errors], [0, []]);
    return output;
  };

  it('adds a resource, and keeps the edits of the owner and the answers', async () => {
    await edit('src/app.ts', (text) => text.replace('  const app =', '  mine();\n  const app ='));
    await edit('src/routers/driver-router.ts', (text) => `// mine\n${text}`);
    const output = await change('resource', 'trip', '--fields', 'code:string:unique fare:decimal');
    assert.match(output, /written {3}src\/services\/trip-service\.ts\n/);
    assert.match(output, /merged {4}src\/app\.ts\n/);
    assert.doesNotMatch(output, /removed|conflict|left/);
    const app = await read('src/app.ts');
    for (const part of ['mine();', 'createDriverRouter(drivers)', 'createTripRouter(trips)'])
      assert.ok(app.includes(part), part);
    assert.match(await read('src/events/contracts.ts'), /\.\.\.driverEvents,\n +\.\.\.tripEvents,/);
    assert.match(await read('.yo-rc.json'), /\{"name":"trip","fields":"code:string:unique fare:decimal"\}/);
    assert.deepEqual((await run(['update', '--check'], { cwd: folder })).code, 0);
  });

  it('keeps a field secret because of its name, and says so', async () => {
    const output = await change('resource', 'vault', '--fields', 'password:string');
    assert.match(output, /The field "password" of "vault" is kept secret because of its name/);
  });

  it('removes a resource, but neither its migration nor a file that the owner changed', async () => {
    await change('resource', 'trip', '--fields', 'code:string');
    await edit('src/services/trip-service.ts', (text) => `// mine\n${text}`);
    const output = await change('remove', 'resource', 'trip');
    assert.match(output, /removed {3}src\/routers\/trip-router\.ts\n/);
    assert.match(output, /left {6}src\/services\/trip-service\.ts \(yours now\)\n/);
    assert.match(
      output,
      /The table "trips", its migrations and seeds\/trip\.ts stay\. Drop the table in your/,
    );
    assert.ok(!existsSync(path.join(folder, 'src/routers/trip-router.ts')));
    assert.match(await read('src/services/trip-service.ts'), /^\/\/ mine\n/);
    assert.doesNotMatch(await read('src/app.ts'), /trip/i);
    const migrations = (await readdir(path.join(folder, 'migrations'))).map((name) => name.slice(15));
    assert.deepEqual(migrations.toSorted(), ['create_drivers.ts', 'create_trips.ts', 'events.ts']);
    const files = await filesIn(folder);
    assert.match(await change('update'), /is up to date; nothing was written/);
    assert.deepEqual(await filesIn(folder), files);
  });

  it('names the services that consume the events of a removed resource', async () => {
    const consumes = ['--no-resources', '--consumes', 'driver.created'];
    const audit = await run(['audit', ...quick, ...consumes], { cwd });
    assert.deepEqual([audit.code, audit.errors], [0, []]);
    assert.match(
      await change('remove', 'resource', 'driver'),
      /audit-service consumes events of "driver", and gets no new ones\.\n/,
    );
  });

  it('merges a newer template with update, and exits with 2 before with --check', async () => {
    const older = (text: string) => `${text}// older\n`;
    await edit('src/main.ts', older);
    await edit('.yo-base/src/main.ts.txt', older);
    await edit('src/config.ts', (text) => `// mine\n${text}`);
    await edit('.yo-base/src/config.ts.txt', older);
    await edit('.yo-rc.json', (text) => text.replace(/"version": ".*"/, '"version": "0.0.9"'));
    const before = await filesIn(folder);
    const check = await run(['update', '--check'], { cwd: folder });
    assert.deepEqual([check.code, check.errors], [2, []]);
    assert.match(
      check.output,
      /^An update from 0\.0\.9 to \S+ would change 1 file in .*:\n {2}written {3}src\/main\.ts\n$/,
    );
    assert.deepEqual(await filesIn(folder), before);
    const json = await run(['update', '--check', '--json'], { cwd: folder });
    assert.equal(json.code, 2);
    assert.equal((JSON.parse(json.output) as { written: boolean }).written, false);
    assert.match(await change('update'), /written {3}src\/main\.ts\n/);
    assert.doesNotMatch(await read('src/main.ts'), /older/);
    assert.match(await read('src/config.ts'), /^\/\/ mine\n/);
    assert.equal((await run(['update', '--check'], { cwd: folder })).code, 0);
  });

  it('writes nothing with --dry-run, shows the differences, and prints one document with --json', async () => {
    const before = await filesIn(folder);
    const output = await change('resource', 'trip', '--fields', 'code:string', '--dry-run');
    assert.match(output, /\n\+ {2}routers\.push\(createTripRouter\(trips\)\);\n/);
    assert.match(output, /\nNothing was written\.\n$/);
    const json = await change('resource', 'trip', '--fields', 'code:string', '--dry-run', '--json');
    const { written, files } = JSON.parse(json) as { written: boolean; files: { file: string }[] };
    assert.equal(written, false);
    assert.ok(files.some(({ file }) => file === 'src/models/trip.ts'));
    assert.deepEqual(await filesIn(folder), before);
  });

  it('takes the default fields only with --yes', async () => {
    await change('resource', 'trip', '--yes');
    assert.match(await read('.yo-rc.json'), /\{"name":"trip","fields":"name:string"\}/);
  });

  it('runs for a service of the workspace from another folder with --service', async () => {
    const args = ['resource', 'trip', '--fields', 'code:string', '--service'];
    const refused = await run([...args, 'tax'], { cwd });
    assert.deepEqual(refused.errors, [
      'create-microservice: --service: there is no service "tax". Did you mean "taxi"? Services: taxi',
    ]);
    const { code, errors } = await run([...args, 'taxi-service'], { cwd });
    assert.deepEqual([code, errors], [0, []]);
    assert.ok(existsSync(path.join(folder, 'src/routers/trip-router.ts')));
  });

  const refused: [args: string[], message: RegExp][] = [
    [['resource'], /the resource needs a name; write npm init microservice resource order -- --fields/],
    [['resource', 'trip'], /"trip" has no fields; write .* resource trip -- --fields ".*", or add --yes for/],
    [['resource', 'trips', '--fields', 'a:string'], /"trips" is a plural; use the singular \("trip"\)/],
    [['resource', 'trip', '--fields', 'a:strng'], /unknown type "strng"\. Did you mean "string"\?/],
    [
      ['resource', 'driver', '--fields', 'a:string'],
      /has the resource "driver" already; to add fields to it, write npm init microservice field driver -- --fields/,
    ],
    [['resource', 'new-driver', '--fields', 'a:string'], /would both write "NewDriver"/],
    [['resource', 'trip', 'car'], /unexpected argument "car"; write resource <name>, then flags/],
    [['resource', 'trip', '--port', '8001'], /--port is a flag of the generator service, not of resource/],
    [['trip', '--check'], /--check is a flag of the command update, not of service/],
    [['remove'], /the part to remove is missing \(resource.*; write npm init microservice remove/],
    [['remove', 'resource'], /the name of the resource is missing \(driver\)/],
    [['remove', 'resource', 'drivr'], /no resource "drivr"\. Did you mean "driver"\? It has: driver/],
    [['remove', 'table', 'driver'], /"table" cannot be removed\. Removable: resource/],
    [['update', 'now'], /unexpected argument "now"; write update, then flags/],
    [['resourse', 'trip'], /unknown generator "resourse"\. Did you mean "resource"\?/],
  ];
  for (const [args, message] of refused) {
    it(`refuses "${args.join(' ')}" in one line, and writes nothing`, async () => {
      const before = await filesIn(folder);
      const { code, output, errors } = await run(args, { cwd: folder });
      assert.deepEqual([code, output, errors.length], [1, '', 1], errors.join('\n'));
      assert.match(errors[0] ?? '', message);
      assert.deepEqual(await filesIn(folder), before);
    });
  }
});

describe('a command outside of a service', () => {
  afterEach(removeFolders);

  for (const { name } of commands) {
    it(`"${name}" is refused in one line that names the remedy`, async () => {
      const { code, errors } = await run([name, '--yes'], { cwd: await newFolder() });
      assert.deepEqual([code, errors.length], [1, 1]);
      const service = `For a new service with this name: npm init microservice service ${name}`;
      assert.ok(errors[0]?.includes(`"${name}" changes a service, and `), errors[0]);
      assert.ok(errors[0]?.endsWith(service), errors[0]);
    });
  }

  it('can be the name of a service, after the word "service"', async () => {
    const { code, output } = await run(['service', 'client', ...quick, '--dry-run'], {
      cwd: await newFolder(),
    });
    assert.equal(code, 0);
    assert.match(output, /^Would write to client-service:\n/);
  });
});

describe('the help of a command', () => {
  afterEach(removeFolders);

  it('has a section per command with its flags and examples, in the whole help too', async () => {
    const cwd = await newFolder();
    const { output: all } = await run(['--help'], { cwd });
    for (const { name, flags, examples } of commands) {
      const { code, output } = await run([name, '--help'], { cwd });
      assert.equal(code, 0);
      assert.match(output, new RegExp(`^Command ${name}\\b`));
      assert.ok(!output.includes('--database-port'));
      for (const text of [
        ...flags.map((flag) => `--${flag.name}`),
        ...examples.map(([call]) => spelledCall(call)),
      ]) {
        assert.ok(output.includes(text), text);
        assert.ok(all.includes(text), text);
      }
    }
  });

  it('gives a flag of several generators one form', () => {
    const forms = new Map<string, boolean>();
    for (const { name, value } of entries.flatMap(flagsOf)) {
      const takesValue = value !== undefined;
      assert.equal(forms.get(name) ?? takesValue, takesValue, name);
      forms.set(name, takesValue);
    }
  });
});
