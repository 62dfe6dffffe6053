import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { baseFileOf } from '../../generators/output/base.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { writeContractFile } from '../support/service-answers.ts';
import { newFolder, quick, removeFolders } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

/** Writes the contract of a service with these resources: name to fields. */
const writeContract = (file: string, resources: Record<string, string>): Promise<void> =>
  writeContractFile(
    file,
    Object.entries(resources).map(([name, fields]) => ({ name, fields: parseFields(fields) })),
  );

const eventTables = {
  '20260101000000_event_outbox.ts': 'event-outbox',
  '20260101000001_event_inbox.ts': 'event-inbox',
  '20260101000002_event_parked.ts': 'event-parked',
  '20260101000003_event_inbox_2.ts': 'event-inbox-2',
};

/** Replaces the migration of the event tables by those of an earlier generator, in the folder and in its memory. */
async function writeEventTables(service: string): Promise<void> {
  const now = 'migrations/20260101000000_events.ts';
  for (const file of [now, baseFileOf(now)]) await rm(path.join(service, file));
  for (const [name, module] of Object.entries(eventTables)) {
    const text = `export { down, up } from 'microservice-runtime/tables/${module}';\n`;
    const file = `migrations/${name}`;
    for (const each of [file, baseFileOf(file)]) await writeFile(path.join(service, each), text);
  }
}

describe('migrations, when a service is generated again', function () {
  this.timeout(180_000);
  let cwd: string;
  let folder: string;
  let contract: string;
  beforeEach(async () => {
    cwd = await newFolder();
    folder = path.join(cwd, 'user-service', 'migrations');
    contract = path.join(cwd, 'elsewhere', 'asyncapi.json');
    await writeContract(contract, { account: 'email:string', wallet: 'amount:decimal' });
  });
  afterEach(removeFolders);

  const generate = async (...flags: string[]) => {
    const { code, output, errors } = await run(['user', ...quick, ...flags], { cwd });
    assert.deepEqual({ code, errors }, { code: 0, errors: [] });
    return output;
  };
  const migrations = async () => {
    const names = (await readdir(folder)).toSorted();
    const texts = names.map(async (name): Promise<[string, string]> => [
      name,
      await readFile(path.join(folder, name), 'utf8'),
    ]);
    return Object.fromEntries(await Promise.all(texts));
  };

  it('keep their names and texts, and the names of new ones sort last', async () => {
    const consumes = [
      '--contract',
      contract,
      '--consumes',
      'account.created',
      '--consumes',
      'wallet.created',
    ];
    await generate('--resource', 'user', '--fields', 'name:string', ...consumes);
    await writeFile(path.join(folder, '20270131120000_add_nickname.ts'), 'export {};\n');
    const first = await migrations();
    assert.deepEqual(Object.keys(first).slice(-4), [
      '20260101000010_create_users.ts',
      '20260101000011_create_account_copies.ts',
      '20260101000012_create_wallet_copies.ts',
      '20270131120000_add_nickname.ts',
    ]);

    const reversed = [
      '--contract',
      contract,
      '--consumes',
      'wallet.created',
      '--consumes',
      'account.created',
    ];
    const order = ['--resource', 'order', '--fields', 'code:string:unique'];
    await generate(...order, '--resource', 'user', '--fields', 'name:string', ...reversed);
    const second = await migrations();
    assert.deepEqual(Object.keys(second), [...Object.keys(first), '20270131120001_create_orders.ts']);
    assert.deepEqual({ ...second, ...first }, second);
    assert.match(second['20270131120001_create_orders.ts'] ?? '', /createTable\('orders'/);

    await rm(path.join(folder, '20260101000011_create_account_copies.ts'));
    await generate('--resource', 'user', '--fields', 'name:string');
    await generate('--force');
    const { '20260101000011_create_account_copies.ts': _deleted, ...left } = second;
    assert.deepEqual(await migrations(), left);
  });

  it('include the four migrations of the event tables that an earlier generator wrote', async () => {
    const user = ['--resource', 'user', '--fields', 'name:string'];
    await generate(...user);
    await writeEventTables(path.dirname(folder));
    const first = await migrations();
    const order = ['--resource', 'order', '--fields', 'code:string'];
    const output = await generate(...user, ...order);
    const { '20260101000011_create_orders.ts': created, ...kept } = await migrations();
    assert.deepEqual(kept, first);
    assert.match(created ?? '', /createTable\('orders'/);
    assert.doesNotMatch(output, /_event/);
    await generate('--force');
    assert.deepEqual(Object.keys(await migrations()).length, Object.keys(first).length + 1);
  });

  it('add a column for a field that an event of a provider gained, in a separate migration', async () => {
    const consumes = ['--no-resources', '--contract', contract, '--consumes', 'account.created'];
    await generate(...consumes);
    const first = await migrations();
    await writeContract(contract, { account: 'email:string phone:string' });
    await generate(...consumes);
    const second = await migrations();
    const name = '20260101000011_add_phone_to_account_copies.ts';
    assert.deepEqual(Object.keys(second), [...Object.keys(first), name]);
    assert.deepEqual({ ...second, ...first }, second);
    assert.match(
      second[name] ?? '',
      /alterTable\('account_copies', \(table\) => \{\n {4}table\.text\('phone'\);\n/,
    );
    assert.match(second[name] ?? '', /table\.dropColumn\('phone'\)/);

    await writeContract(contract, { account: 'phone:string' });
    assert.match(await generate(...consumes), /The column "email" of the table "account_copies" stays/);
    await writeContract(contract, { account: 'email:string phone:string' });
    await generate(...consumes);
    assert.deepEqual(await migrations(), second);

    await writeContract(contract, { account: 'email:string phone:integer' });
    const { code, errors } = await run(['user', ...quick, ...consumes], { cwd });
    assert.equal(code, 1);
    assert.match(
      errors.join('\n'),
      /the field "phone" is string in the table "account_copies" and cannot become integer/,
    );
    assert.deepEqual(await migrations(), second);
  });
});
