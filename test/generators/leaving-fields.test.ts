import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import knexFactory, { type Knex } from 'knex';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { fromStored } from '../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../support/service-answers.ts';
import { newFolder, removeFolders } from './support/command.ts';
import { killInBatch } from './support/killed-migration.ts';
import { newService, runInMemory, type Service } from './support/service-in-memory.ts';

/** More than one batch. */
const ROWS = 2_500;

interface Migration {
  name: string;
  up: (knex: Knex) => Promise<unknown>;
  down: (knex: Knex) => Promise<unknown>;
}

describe('a field that leaves a table that exists', function () {
  this.timeout(180_000);
  let folder: string;
  let created: TestDatabase;
  let database: Knex;
  let first: Service;
  let service: Service;
  before(async () => {
    const order =
      'code:string:unique note:text:optional state:enum(open|closed):index:default(open) customer:reference(customer)';
    const fields = { customer: 'name:string', order };
    const resources = Object.entries(fields).map(([name, text]) => ({ name, fields: parseFields(text) }));
    first = await newService(serviceAnswers({ name: 'shop', resources }));
  });
  afterEach(removeFolders);
  beforeEach(async () => {
    service = first;
    folder = await newFolder();
    created = await createDatabase();
    database = knexFactory({ client: 'pg', connection: created.url, pool: { min: 0, max: 3 } });
  });
  afterEach(async () => {
    await database.destroy();
    await created.drop();
  });

  type Flags = Record<string, string | boolean>;
  const field = (flags: Flags, resource = 'order') => runInMemory(service, ['field', [resource], flags]);
  /** Resolves to the notes. */
  const changed = async (flags: Flags): Promise<string> => {
    service = await field(flags);
    return service.notes?.join('\n') ?? '';
  };
  /** An update changes nothing, and a fresh generation has the same code. */
  const assertUpToDate = async () => {
    const { disk, answers, tables } = await runInMemory(service, ['update', []]);
    assert.deepEqual([disk, answers, tables], [service.disk, service.answers, service.tables]);
    const fresh = await newService(serviceAnswers(fromStored({ ...service.answers })));
    const isRendered = (file: string) => /^(?:src|test)\//.test(file);
    const rendered = (texts: Service['disk']) => new Map([...texts].filter(([file]) => isRendered(file)));
    assert.deepEqual(rendered(service.disk), rendered(fresh.disk));
  };
  const read = (file: string) => service.disk.get(file) ?? '';
  const applied = new Set<string>();
  beforeEach(() => applied.clear());
  /** The migrations that this test has not run yet. */
  const migrations = async (): Promise<Migration[]> => {
    const files = [...service.disk].filter(
      ([file]) => /^migrations\/(?!.*_events\.ts)/.test(file) && !applied.has(file),
    );
    return Promise.all(
      files
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(async ([file, text]) => {
          applied.add(file);
          const copy = path.join(folder, path.basename(file));
          await writeFile(copy, text);
          const module = (await import(pathToFileURL(copy).href)) as Omit<Migration, 'name'>;
          return { name: path.basename(file).slice(15, -3), ...module };
        }),
    );
  };
  const inTransaction = ({ up }: Migration) =>
    database.transaction(async (trx) => {
      await up(trx);
    });
  let customer: string | undefined;
  const createTables = async () => {
    for (const { up } of await migrations()) await up(database);
    const [row] = await database('customers').insert({ name: 'Ada' }).returning<{ id: string }[]>('id');
    customer = row?.id;
  };

  /** The statements of one release: those of its repository, with its name of the column. */
  const write = async (code: string, column: string, values: [created: unknown, updated: unknown]) => {
    const fixed = { code, customer_id: customer };
    const [row] = await database('orders')
      .insert({ ...fixed, [column]: values[0] })
      .returning<{ id: string }[]>('id');
    const updated = await database('orders')
      .where({ id: row?.id })
      .update({ [column]: values[1] })
      .returning([column]);
    assert.deepEqual(updated, [{ [column]: values[1] }]);
    await database('orders').where({ id: row?.id }).update({ code });
    assert.deepEqual(await database('orders').where({ code }).first(column), { [column]: values[1] });
  };
  const unequal = (one: string, other: string) =>
    database('orders').whereRaw('?? is distinct from ??', [one, other]).pluck('code');

  it('is renamed over two releases, both of which write while the columns are equal', async () => {
    await createTables();
    await database.raw(
      `insert into orders (code, note, state, customer_id) select 'C' || n, nullif('n' || n % 7, 'n0'), 'closed', ? from generate_series(1, ${ROWS}) as n`,
      [customer ?? ''],
    );
    const output = await changed({ rename: 'note:remark' });
    assert.match(
      output,
      /Once no replica of the earlier release runs, write npm init microservice field order -- --rename note:remark --finish/,
    );
    const steps = await migrations();
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['add_remark_to_orders', 'rename_note_to_remark_of_orders'],
    );
    for (const step of steps) {
      await write(`before ${step.name}`, 'note', ['a', null]);
      if (step.name.startsWith('rename')) await assertKilled(step);
      await step.up(database);
      // a killed run was not recorded, so the next run repeats the whole migration
      if (step.name.startsWith('rename')) await step.up(database);
      await write(`after ${step.name}`, 'note', ['a', 'b']);
    }
    await write('new release', 'remark', ['c', 'd']);
    await write('new release, null', 'remark', ['c', null]);
    await write('earlier release, null', 'note', [null, 'e']);
    assert.deepEqual(await unequal('note', 'remark'), []);
    await assertUpToDate();

    await changed({ rename: 'note:remark', finish: true });
    const [drop, ...others] = await migrations();
    assert.deepEqual([drop?.name, others], ['drop_note_of_orders', []]);
    if (drop) await inTransaction(drop);
    await write('next release', 'remark', ['f', 'g']);
    const { rows } = await database.raw<{ rows: object[] }>(
      `select count(*)::int as rows, count(remark)::int as remarks from orders where code ~ '^C'`,
    );
    assert.deepEqual(rows, [{ rows: ROWS, remarks: ROWS - Math.floor(ROWS / 7) }]);
    assert.deepEqual(await functions(), []);
    await assertUpToDate();
    await drop?.down(database);
    assert.deepEqual(await unequal('note', 'remark'), []);
  });

  const functions = () =>
    database('pg_proc').where('pronamespace', database.raw("'public'::regnamespace")).pluck('proname');

  async function assertKilled(step: Migration): Promise<void> {
    await killInBatch(step, { url: created.url, batch: 2 });
    assert.ok((await unequal('note', 'remark')).length > 0);
  }

  it('keeps its constraints, index and default under the new name, and the names of its constraints', async () => {
    await createTables();
    await changed({ rename: 'code:number' });
    await changed({ rename: 'state:status' });
    await changed({ rename: 'customerId:buyerId' });
    for (const { up } of await migrations()) await up(database);
    const id = { buyer_id: customer };
    await database('orders').insert({ number: 'A', ...id });
    await database('orders').insert({ code: 'B', customer_id: customer, state: 'closed' });
    const row = await database('orders').where({ number: 'A' }).first('code', 'state', 'status');
    assert.deepEqual(row, { code: 'A', state: 'open', status: 'open' });
    assert.equal((await database('orders').where({ number: 'B' }).first('status')).status, 'closed');
    for (const [values, constraint] of [
      [{ number: 'A', ...id }, 'orders_(code|number)_unique'],
      [{ number: 'D', ...id, status: 'odd' }, 'orders_(state|status)_check'],
      [
        { number: 'D', buyer_id: '00000000-0000-4000-8000-000000000009' },
        'orders_(buyer|customer)_id_foreign',
      ],
      [{ number: null, code: null, ...id }, 'null value'],
    ] as const)
      await assert.rejects(database('orders').insert(values), new RegExp(constraint));
    assert.match(
      read('src/repositories/order-repository.ts'),
      /orders_code_unique: 'number',\s+orders_number_unique: 'number',/,
    );
    for (const name of ['code:number', 'state:status', 'customerId:buyerId'])
      await changed({ rename: name, finish: true });
    for (const step of await migrations()) await inTransaction(step);
    await database('orders').insert({ number: 'E', ...id });
    assert.equal((await database('orders').where({ number: 'E' }).first('status')).status, 'open');
    await assert.rejects(database('orders').insert({ number: 'E', ...id }), /orders_number_unique/);
    const indexes = await database('pg_indexes').where({ tablename: 'orders' }).pluck('indexname');
    assert.ok(indexes.includes('orders_status_id_index') && indexes.includes('orders_buyer_id_id_index'));
    assert.ok(!read('src/repositories/order-repository.ts').includes('code'));
  });

  it('is removed over two releases, with a value for the earlier one if it is required', async () => {
    await createTables();
    await write('first', 'note', ['a', 'b']);
    const output = await changed({ remove: 'note' });
    assert.match(output, /Version 1 of "order\.created" has "note": null from now on\./);
    assert.match(output, /write npm init microservice field order -- --remove note --finish/);
    assert.deepEqual(await migrations(), []);
    await changed({ remove: 'code', default: 'none' });
    await changed({ remove: 'customerId', default: '01890a5d-ac96-774b-bcce-b302099a8057' });
    const steps = await migrations();
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['release_code_of_orders', 'release_customer_id_of_orders'],
    );
    for (const step of steps) {
      await write(`before ${step.name}`, 'note', ['a', null]);
      await inTransaction(step);
      await write(`after ${step.name}`, 'note', ['a', null]);
    }
    await assertUpToDate();
    const rows = await database('orders')
      .insert([{ state: 'open' }, { state: 'closed' }])
      .returning('code');
    assert.deepEqual(rows, [{ code: 'none' }, { code: 'none' }]);
    assert.match(
      read('src/events/order-publisher.ts'),
      /orderCreatedV2\.of\([^]*?code: 'none',[^]*orderCreated\.of\([^]*?code: 'none',\s+note: null/,
    );
    await changed({ remove: 'code', finish: true });
    const [drop, ...others] = await migrations();
    assert.deepEqual([drop?.name, others], ['drop_code_of_orders', []]);
    if (drop) await inTransaction(drop);
    assert.ok(!('code' in (await database('orders').columnInfo())));
    await changed({ fields: 'code:integer:optional' });
    for (const step of await migrations()) await inTransaction(step);
    assert.equal((await database('orders').columnInfo())['code']?.type, 'integer');
  });

  it('is refused if a step is open, or the name or the value is wrong', async () => {
    await changed({ rename: 'note:remark' });
    for (const [flags, message] of [
      [{ rename: 'remark:text2' }, /is renamed to "remark", .* write npm .* --rename note:remark --finish/],
      [{ remove: 'remark' }, /column is not dropped yet/],
      [{ fields: 'note:text:optional' }, /column is not dropped yet/],
      [{ require: 'remark', backfill: "'x'" }, /column is not dropped yet/],
      [{ rename: 'code:state' }, /"state" exists already/],
      [{ rename: 'code' }, /"code" is not a field and its new name; write/],
      [{ rename: 'nope:code2' }, /the resource "order" has no field "nope"/],
      [{ rename: 'code:Code' }, /not camelCase/],
      [{ rename: 'customerId:buyer' }, /rename it to buyerId/],
      [{ rename: 'code:number', finish: true }, /no open rename of "code" to "number"\. Open steps: npm/],
      [{ remove: 'code', finish: true }, /no open removal of "code"/],
      [{ remove: 'code' }, /"code" is required: .*--remove code --default <value>/],
      [{ remove: 'state', default: 'open' }, /"state" has the default open; leave it out/],
      [{ remove: 'customerId', default: 'me' }, /not a value of the type uuid/],
      [{ remove: 'code', rename: 'code:number' }, /--rename and --remove exclude each other/],
      [{ finish: true }, /--finish belongs to --rename or --remove/],
      [{ fields: 'a:text', default: 'x' }, /--default belongs to --remove/],
    ] as const) {
      await assert.rejects(field(flags), message);
    }
    await assert.rejects(field({ remove: 'name' }, 'customer'), /"name" is the only field of "customer"/);
  });
});
