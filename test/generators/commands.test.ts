import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { commands } from '../../generators/service/commands/commands.ts';
import { spelledCall } from '../../generators/service/commands/call/spelling.ts';
import { flagsOf, entries } from '../../generators/cli/registry.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, newFolder, quick, removeFolders } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

describe('a command in the folder of a service', function () {
  this.timeout(180_000);
  let cwd: string;
  let folder: string;
  const { read, edit } = copyForEachTest(
    'taxi-service',
    async (first) => {
      const driver = ['--resource', 'driver', '--fields', 'name:string'];
      const { code, errors } = await run(['taxi', ...quick, ...driver], { cwd: first });
      assert.deepEqual([code, errors], [0, []]);
      const audit = await run(['audit', ...quick, '--no-resources', '--no-kubernetes'], { cwd: first });
      assert.deepEqual([audit.code, audit.errors], [0, []]);
    },
    (copy) => ({ cwd, folder } = copy),
  );

  const changeIn = async (service: string, ...args: string[]) => {
    const { code, output, errors } = await run(args, { cwd: path.join(cwd, service) });
    assert.deepEqual([code, errors], [0, []]);
    return output;
  };
  const change = (...args: string[]) => changeIn('taxi-service', ...args);
  const audit = (...args: string[]) => changeIn('audit-service', ...args);

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
      /import removed files, so the code does not compile: src\/services\/trip-service\.ts\./,
    );
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
    await audit('consumer', 'driver.created', '--handler');
    assert.match(
      await change('remove', 'resource', 'driver'),
      /audit-service consumes events of "driver", and gets no new ones\.\n/,
    );
  });

  it('adds an optional field with a new migration, and merges it into edited files', async () => {
    await edit('src/schemas/driver-schema.ts', (text) => `// mine\n${text}`);
    const output = await change('field', 'driver', '--fields', 'depot:string:optional');
    assert.match(output, /written {3}migrations\/\d+_add_depot_to_drivers\.ts\n/);
    assert.match(output, /merged {4}src\/schemas\/driver-schema\.ts\n/);
    assert.match(await read('src/schemas/driver-schema.ts'), /^\/\/ mine\n[^]*depot: fields\.depot,/);
    assert.match(await read('.yo-rc.json'), /"driver","fields":"name:string depot:string:optional"/);
  });

  it('adds an event with its publisher, contract and test, and removes it again', async () => {
    await edit('src/events/driver-events.ts', (text) => `${text}export const mine = 1;\n`);
    await edit('src/events/driver-publisher.ts', (text) => `// mine\n${text}`);
    const before = await filesIn(folder);
    const output = await change('event', 'driver.hired', '--fields', 'since:date depot:string:optional');
    assert.match(output, /written {3}test\/driver-hired\.test\.ts\n/);
    assert.match(
      output,
      /Publish it in the transaction of the change, in src\/services\/driver-service\.ts: await publish\.hired\(\{ id, since, depot \}, trx\);/,
    );
    assert.match(
      await read('src/events/driver-events.ts'),
      /export const mine = 1;\n[^]*type: 'driver\.hired'/,
    );
    assert.match(
      await read('src/events/driver-publisher.ts'),
      /^\/\/ mine\n[^]*hired: \(data: DriverHired, trx: Knex\.Transaction\)/,
    );
    const { components } = JSON.parse(await read('asyncapi.json')) as {
      components: { messages: Record<string, { payload: { required: string[] } }> };
    };
    assert.deepEqual(components.messages['driver.hired.v1']?.payload.required, ['id', 'since']);
    await change('event', 'driver.fired');
    assert.match(
      await read('.yo-rc.json'),
      /"events": \[\n +\{"type":"driver\.hired","fields":"since:date depot:string:optional"\},\n +\{"type":"driver\.fired"\}\n/,
    );
    const again = await change('--resource', 'driver', '--fields', 'note:text:optional', '--dry-run');
    assert.doesNotMatch(again, /(?:removed|left) +test\/driver-/);
    await change('remove', 'event', 'driver.fired');
    await change('remove', 'event', 'driver.hired');
    assert.deepEqual(await filesIn(folder), before);
  });

  it('names the lines that register an event, and exits with 1, where the owner lists single events', async () => {
    await edit('src/events/contracts.ts', (text) =>
      text
        .replace('* as driverEvents', '{ driverCreated }')
        .replace(/Object\.values\(\{\n {4}\.\.\.driverEvents,\n {2}\}\)/, '[driverCreated]'),
    );
    const { code, output, errors } = await run(['event', 'driver.hired'], { cwd: folder });
    assert.deepEqual([code, errors], [1, []]);
    assert.ok(
      output.endsWith(
        "\nNot registered. Add these lines to src/events/contracts.ts:\n  import { driverHired } from './driver-events.ts';\n  driverHired, // in contracts.published\n",
      ),
      output,
    );
    assert.match(output, /left {6}asyncapi\.json \(from the code\)\n[^]*\n {2}npm run contracts\n/);
    const lines = output.slice(output.indexOf('\nNot registered.'));
    for (const args of [['update'], ['update', '--check'], ['command', 'count-drivers']]) {
      const later = await run(args, { cwd: folder });
      assert.deepEqual([later.code, later.output.endsWith(lines)], [1, true], later.output);
    }
    await edit('src/events/contracts.ts', (text) =>
      text
        .replace('{ driverCreated }', '{ driverCreated, driverHired }')
        .replace('[driverCreated]', '[driverCreated, driverHired]'),
    );
    await change('update');
    assert.doesNotMatch(await read('.yo-rc.json'), /unregistered/);
    const json = await run(['resource', 'trip', '--yes', '--dry-run', '--json'], { cwd: folder });
    const { unregistered } = JSON.parse(json.output) as { unregistered: unknown[] };
    assert.deepEqual([json.code, unregistered], [0, []], 'the array gets the values of a new module');
  });

  it('adds handlers to fill in, and one more later, without touching a filled one', async () => {
    await audit('consumer', 'driver.created', '--handler');
    const consumers = path.join('..', 'audit-service', 'src/events/driver-consumers.ts');
    const filled = (text: string) =>
      text.replace(/(bus\.on\(driverCreated.*\n) +logger.*/, '$1    await welcome(event.data);');
    await edit(consumers, filled);
    assert.match(await read(consumers), /await welcome/);
    const output = await audit('consumer', 'driver.deleted', '--handler');
    assert.match(output, /merged {4}src\/events\/driver-consumers\.ts\n/);
    const text = await read(consumers);
    assert.match(
      text,
      /bus\.on\(driverCreated, async \(event\) => \{\n {4}await welcome\(event\.data\);\n {2}\}\);/,
    );
    assert.match(text, /bus\.on\(driverDeleted, async/);
    assert.match(await read('../audit-service/src/app.ts'), /registerDriverConsumers\(bus, logger\);/);
    assert.match(
      await audit('remove', 'consumer', 'driver.deleted'),
      /merged {4}src\/events\/driver-consumers/,
    );
    assert.doesNotMatch(await read(consumers), /driverDeleted/);
    assert.match(await read(consumers), /await welcome/);
  });

  it('adds a kept copy, reads its contract again, and leaves the table when it is removed', async () => {
    const copies = path.join(cwd, 'audit-service');
    await audit('consumer', 'driver.created', 'driver.deleted', '--copy');
    assert.ok(existsSync(path.join(copies, 'src/routers/driver-copy-router.ts')));
    const test = await readFile(path.join(copies, 'test/driver-copy.test.ts'), 'utf8');
    assert.doesNotMatch(test, /for \(const n of/);
    assert.equal(test.match(/driverCreated\.of/g)?.length, 2);
    await change('--resource', 'driver', '--fields', 'phone:string:optional');
    const output = await audit('consumer', 'driver.created');
    assert.match(output, /written {3}migrations\/\d+_add_phone_to_driver_copies\.ts\n/);
    await audit('remove', 'consumer', 'driver.created');
    assert.match(
      await audit('remove', 'consumer', 'driver.deleted'),
      /The table "driver_copies" and its migrations stay\. Drop the table in your own migration/,
    );
    assert.ok(!existsSync(path.join(copies, 'src/routers/driver-copy-router.ts')));
  });

  it('refuses an event that is handled in the other way, and asks which way', async () => {
    await audit('consumer', 'driver.created', '--handler');
    const refusal = async (...args: string[]) =>
      (await run(['consumer', ...args], { cwd: path.join(cwd, 'audit-service') })).errors.join('\n');
    assert.match(
      await refusal('driver.created', '--copy'),
      /handles "driver\.created" by a handler already; first write npm init microservice remove consumer driver\.created$/,
    );
    assert.match(await refusal('driver.deleted'), /add --handler, --copy or --replies$/);
    assert.match(
      await refusal('driver.deleted', '--copy', '--handler'),
      /--handler, --copy and --replies exclude each other/,
    );
    assert.match(await refusal('driver.creatd', '--copy'), /Did you mean "driver\.created"\?/);
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
      'create-microservice: --service: no service is named "tax". Did you mean "taxi"? Services: audit, taxi',
    ]);
    const { code, errors } = await run([...args, 'taxi-service'], { cwd });
    assert.deepEqual([code, errors], [0, []]);
    assert.ok(existsSync(path.join(folder, 'src/routers/trip-router.ts')));
  });
});

describe('a refused command in the folder of a service', () => {
  let folder: string;
  before(async () => {
    const cwd = await newFolder();
    const driver = ['--resource', 'driver', '--fields', 'name:string'];
    const { code, errors } = await run(['taxi', ...quick, ...driver], { cwd });
    assert.deepEqual([code, errors], [0, []]);
    folder = path.join(cwd, 'taxi-service');
  });
  after(removeFolders);

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
    [['event'], /the event needs a type; write npm init microservice event order\.shipped -- --fields/],
    [['event', 'hired'], /"hired" is not a resource and a verb in the past tense, joined by "\."; write/],
    [['event', 'drivr.hired'], /no resource "drivr"\. Did you mean "driver"\? It has: driver/],
    [['event', 'driver.created'], /the event "driver\.created" exists already; choose another verb/],
    [['event', 'driver.snapshot'], /the event "driver\.snapshot" exists already/],
    [['event', 'driver.page'], /"driver\.page" would have a name that the generated code uses/],
    [['event', 'driver.Hired'], /"Hired" is not kebab-case.*\(try "hired"\)/],
    [['event', 'driver.hired', '--fields', 'a:string:unique'], /"a" of an event cannot be unique or indexed/],
    [['event', 'driver.hired', '--fields', 'a:string:secret'], /"a" of an event cannot be secret/],
    [['event', 'driver.hired', '--fields', 'pin:string'], /looks like a secret.*write pin:string:public/],
    [['field'], /the name of the resource is missing \(driver\); write npm init microservice field order/],
    [['field', 'drivr'], /no resource "drivr"\. Did you mean "driver"\?/],
    [['field', 'driver'], /the new fields are missing; write npm init microservice field driver -- --fields/],
    [['field', 'driver', '--fields', 'name:text:optional'], /the field "name" exists already/],
    [
      ['field', 'driver', '--fields', ''],
      /the new fields are missing; write npm init microservice field driver -- --fields/,
    ],
    [
      ['field', 'driver', '--fields', 'depot:string'],
      /"depot" has no value in the present rows of the table "drivers"; make it optional \(depot:string:optional\), .*--backfill "<sql>"$/,
    ],
    [['consumer', '--copy'], /the consumer needs an event; write npm init microservice consumer/],
    [['remove', 'event', 'driver.hired'], /the service has no event to remove$/],
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
      const takesFields = flags.some((flag) => flag.name === 'fields');
      assert.equal(
        output.includes('\nFields: '),
        takesFields,
        `the grammar of fields in the help of ${name}`,
      );
      for (const row of output.match(/^ {2}--[\w-]+/gm) ?? [])
        assert.equal(output.split(`\n${row} `).length, 2, `${row} in the help of ${name}`);
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
