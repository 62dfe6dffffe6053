import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { bundledCommand, quick, run as runCommand, succeed } from '../generators/support/command.ts';
import { writeContractOf } from './services.ts';

const modules = path.resolve(import.meta.dirname, '../../node_modules');

/** Lines that the owner writes; none may be lost. */
const owned = {
  route: "    '/all/drivers',",
  method: '    everyone: (query: PageQuery, trx?: Knex) => drivers.list(query, trx),',
  import: "import { hostname } from 'node:os';",
  part: "  logger.debug({ host: hostname() }, 'wired');",
  handler: "    await trx('drivers').insert({ name: event.data.email });",
  publish: "        await publish.renamed({ id, earlier: 'unknown' }, trx);",
};

/** A service that is built by commands, with the edits of its owner between them. */
describe('a service that its owner edits between commands', function () {
  this.timeout(900_000);
  let folder: string;
  let service: string;

  before(async () => {
    folder = await temporaryFolder('commands');
    service = path.join(folder, 'taxi-service');
    await bundledCommand();
    await succeed(folder, 'taxi', ...quick, '--resource', 'driver', '--fields', 'name:string');
    for (const [name, fields] of Object.entries({ account: 'email:string', wallet: 'balance:decimal' })) {
      await mkdir(path.join(folder, name));
      await writeContractOf(name, fields, path.join(folder, name, 'asyncapi.json'));
    }
    for (const step of steps) await step();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const change = (...args: string[]) => succeed(service, ...args);
  const read = (file: string) => readFile(path.join(service, file), 'utf8');
  const edit = async (file: string, ...changes: [from: string | RegExp, to: string][]) => {
    let text = await read(file);
    for (const [from, to] of changes) {
      const edited = text.replace(from, () => to);
      assert.notEqual(edited, text, `${String(from)} is not in ${file}`);
      text = edited;
    }
    await writeFile(path.join(service, file), text);
  };
  /** Runs a program of the packages of this repository, which have the versions of the service. */
  const program = (name: string, ...args: string[]) =>
    execute(path.join(modules, '.bin', name), args, { cwd: service });

  const account = ['--contract', '../account/asyncapi.json'];
  const wallet = ['--contract', '../wallet/asyncapi.json'];
  const steps = [
    () =>
      edit(
        'src/app.ts',
        [/^/, `${owned.import}\n`],
        [/(?<=\n)import type \{ Config \}.*\n/, ''],
        [/(?<=\n)(?=\nconst info)/, "import type { Config } from './config.ts';\n"],
        ['  const app =', `${owned.part}\n\n  const app =`],
      ),
    () => edit('src/services/driver-service.ts', [/ {4}list: .*/, owned.method]),
    () =>
      edit(
        'src/routers/driver-router.ts',
        ['drivers.list(req.query)', 'drivers.everyone(req.query)'],
        [
          '  return router;',
          `  router.get(\n${owned.route}\n    { summary: 'All drivers', responses: { 200: driverPageSchema } },\n    async (_req, res) => {\n      res.json(await drivers.everyone({ limit: 100 }));\n    },\n  );\n\n  return router;`,
        ],
      ),
    () => change('resource', 'trip', '--fields', 'code:string:unique fare:decimal:optional at:timestamp'),
    () => change('consumer', 'account.created', '--handler', ...account),
    () =>
      edit(
        'src/events/account-consumers.ts',
        ['async (event) => {', 'async (event, trx) => {'],
        [/ {4}logger\.info.*/, owned.handler],
        [', logger: Logger)', ', _logger: Logger)'],
      ),
    () => change('event', 'driver.renamed', '--fields', 'earlier:string note:text:optional'),
    () =>
      edit('src/services/driver-service.ts', [
        '        await publish.updated(driver, trx);',
        `        await publish.updated(driver, trx);\n${owned.publish}`,
      ]),
    () => change('event', 'trip.cancelled', '--yes'),
    () => change('field', 'driver', '--fields', 'phone:string:optional born:date:optional'),
    () => change('consumer', 'wallet.created', 'wallet.updated', 'wallet.deleted', '--copy', ...wallet),
    () => change('resource', 'car', '--fields', 'plate:string'),
    () => change('remove', 'resource', 'car'),
    () => change('remove', 'event', 'trip.cancelled'),
    () => change('event', 'trip.finished'),
    () => change('event', 'driver.created', '--version', '2', '--fields', 'name:string nick:string:optional'),
    () => change('event', 'trip.finished', '--version', '2', '--fields', 'code:string fare:decimal:optional'),
    () =>
      change('event', 'driver.updated', '--version', '2', '--fields', 'name:string phone:string:optional'),
    () => change('remove', 'event', 'driver.updated', '--version', '1'),
    () => edit('src/events/driver-publisher.ts', ['nick: null', 'nick: driver.name']),
    () => change('field', 'trip', '--rename', 'at:startedAt'),
    () => change('field', 'driver', '--remove', 'born'),
    () => change('field', 'trip', '--rename', 'at:startedAt', '--finish'),
    () => change('field', 'driver', '--remove', 'born', '--finish'),
  ];

  it('keeps each edit, and registers each addition', async () => {
    const files = ['app.ts', 'services/driver-service.ts', 'routers/driver-router.ts'];
    const texts = await Promise.all(
      [...files, 'events/account-consumers.ts'].map((file) => read(`src/${file}`)),
    );
    for (const line of Object.values(owned)) assert.ok(texts.join('\n').includes(line), line);
    const app = texts[0] ?? '';
    for (const part of [
      'createDriverRouter(',
      'createTripRouter(',
      'registerAccountConsumers(',
      'registerWalletCopyConsumers(',
      'createWalletCopyRouter(',
    ])
      assert.ok(app.includes(part), part);
    assert.doesNotMatch(app, /Car\b/);
    const contracts = await read('src/events/contracts.ts');
    for (const events of ['driver', 'trip', 'account', 'walletCopy'])
      assert.ok(contracts.includes(`...${events}Events,`), events);
    assert.equal((await runCommand(['update', '--check'], { cwd: service })).code, 0);
  });

  it('passes its types, lint and tests', async () => {
    await symlink(modules, path.join(service, 'node_modules'));
    await program('tsc', '--noEmit');
    await program('oxlint', '--type-aware', '--deny-warnings');
    await program('prettier', '--check', '.');
    await program('mocha');
  });
});
