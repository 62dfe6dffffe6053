import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import knexFactory, { type Knex } from 'knex';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, quick, run } from './support/command.ts';
import { killInBatch } from './support/killed-migration.ts';

/** Ten batches. */
const ROWS = 10_000;

interface Migration {
  name: string;
  up: (knex: Knex) => Promise<unknown>;
}

describe('a required field of a table that exists', function () {
  this.timeout(180_000);
  let folder: string;
  let created: TestDatabase;
  let database: Knex;
  const { read } = copyForEachTest(
    'shop-service',
    async (first) => {
      const fields = 'code:string:unique note:text:optional';
      const { code, errors } = await run(['shop', ...quick, '--resource', 'order', '--fields', fields], {
        cwd: first,
      });
      assert.deepEqual([code, errors], [0, []]);
    },
    (copy) => ({ folder } = copy),
  );
  beforeEach(async () => {
    created = await createDatabase();
    database = knexFactory({ client: 'pg', connection: created.url, pool: { min: 0, max: 3 } });
  });
  afterEach(async () => {
    await database.destroy();
    await created.drop();
  });

  const field = (...args: string[]) => run(['field', 'order', ...args], { cwd: folder });
  const migrations = async (): Promise<Migration[]> => {
    const names = (await readdir(path.join(folder, 'migrations'))).toSorted();
    const files = names.filter((name) => !name.endsWith('_events.ts'));
    return Promise.all(
      files.map(async (name) => {
        const url = pathToFileURL(path.join(folder, 'migrations', name)).href;
        const { up } = (await import(url)) as Omit<Migration, 'name'>;
        return { name: name.slice(15, -3), up };
      }),
    );
  };

  const payloadOf = async (message: string) => {
    const { components } = JSON.parse(await read('asyncapi.json')) as {
      components: { messages: Record<string, { payload: { title?: string } }> };
    };
    const { title: _title, ...payload } = components.messages[message]?.payload ?? {};
    return payload;
  };

  /** The statements of the release before the change. */
  const writeAsBefore = async (code: string) => {
    const [row] = await database('orders').insert({ code, note: null }).returning<{ id: string }[]>('id');
    await database('orders').where({ id: row?.id }).update({ note: null });
    assert.ok(await database('orders').where({ code }).first('id', 'code', 'note'));
  };

  it('gets a value in batches, can be repeated after a kill, and lets the earlier release write', async () => {
    const { errors } = await field('--fields', 'label:string:unique', '--backfill', "lower(code) || '?'");
    assert.deepEqual(errors, []);
    const [create, ...steps] = await migrations();
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['add_label_to_orders', 'backfill_label_of_orders', 'require_label_of_orders', 'index_label_of_orders'],
    );
    await create?.up(database);
    await database.raw(`insert into orders (code) select 'C' || n from generate_series(1, ${ROWS}) as n`);
    for (const step of steps) {
      await writeAsBefore(`before ${step.name}`);
      if (step.name.startsWith('backfill')) await assertKilled(step);
      // a killed run was not recorded, so the next run repeats the whole migration
      await step.up(database);
      if (!step.name.startsWith('add')) await step.up(database);
      await writeAsBefore(`after ${step.name}`);
    }
    const { rows } = await database.raw<{ rows: object[] }>(
      `select count(*)::int as rows, count(distinct label)::int as labels, count(*) filter (where label <> lower(code) || chr(63))::int as wrong from orders`,
    );
    assert.deepEqual(rows, [{ rows: ROWS + 8, labels: ROWS + 8, wrong: 0 }]);
    const { label } = await database('orders').columnInfo();
    assert.equal(label?.nullable, false);
    await assert.rejects(database('orders').insert({ code: 'x', label: 'c1?' }), /"orders_label_unique"/);
  });

  async function assertKilled(step: Migration): Promise<void> {
    await killInBatch(step, { url: created.url, batch: 5 });
    const filled = await database('orders').whereNotNull('label').pluck('id');
    assert.ok(filled.length >= 4_000 && filled.length < 5_010, String(filled.length));
  }

  it('with a default needs one migration, and makes version 2 of the events with the state', async () => {
    const before = await payloadOf('order.created.v1');
    assert.deepEqual((await field('--fields', 'status:string:default(open)')).errors, []);
    const [create, add, ...others] = await migrations();
    assert.deepEqual(others, []);
    await create?.up(database);
    await writeAsBefore('a');
    await add?.up(database);
    await writeAsBefore('b');
    assert.deepEqual(await database('orders').pluck('status'), ['open', 'open']);
    assert.match(
      await read('src/events/order-publisher.ts'),
      /orderCreatedV2\.of\(order\.id, order\),\n\s+orderCreated\.of\(order\.id, \{\n\s+id: order\.id,\n\s+code: order\.code,\n\s+note: order\.note,\n\s+createdAt/,
    );
    assert.deepEqual(await payloadOf('order.created.v1'), before);
    assert.notDeepEqual(await payloadOf('order.created.v2'), before);
  });

  it('can be an optional field before, which --require fills', async () => {
    assert.deepEqual((await field('--require', 'note', '--backfill', "'none'")).errors, []);
    const [create, ...steps] = await migrations();
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['backfill_note_of_orders', 'require_note_of_orders'],
    );
    await create?.up(database);
    await writeAsBefore('a');
    for (const step of steps) await step.up(database);
    await writeAsBefore('b');
    assert.deepEqual(await database('orders').pluck('note'), ['none', 'none']);
    assert.match(await read('.yo-rc.json'), /"orders": "code:string:unique note:text"/);
    assert.equal((await run(['update', '--check'], { cwd: folder })).code, 0);
  });

  it('names the rows that the backfill leaves without a value', async () => {
    assert.deepEqual((await field('--require', 'note', '--backfill', "nullif(code, 'b')")).errors, []);
    const [create, backfill, require] = await migrations();
    await create?.up(database);
    await database('orders').insert([{ code: 'a' }, { code: 'b' }]);
    await backfill?.up(database);
    await assert.rejects(async () => require?.up(database), {
      message:
        'rows of the table "orders" still have no note. Find them with: select id from orders where note is null; set a value in each, then run the migrations again',
    });
    await database('orders').where({ code: 'b' }).update({ note: 'none' });
    await require?.up(database);
    assert.equal((await database('orders').columnInfo())['note']?.nullable, false);
  });

  it('is refused without a value of the present rows, and nothing is written', async () => {
    const before = await filesIn(folder);
    const refused = async (...args: string[]) => (await field(...args)).errors.join('\n');
    const label = ['--fields', 'label:string'];
    assert.match(
      await refused(...label),
      /"label" has no value in the present rows.*label:string:default\(\.\.\.\).*--backfill/,
    );
    assert.match(await refused(...label, '--backfill', "'a'; drop table orders"), /contains ";"/);
    assert.match(
      await refused('--fields', 'a:string b:string', '--backfill', "'x'"),
      /--fields has 2; add one/,
    );
    assert.match(
      await refused('--fields', 'code2:string:unique:default(x)'),
      /cannot be unique with a default/,
    );
    assert.match(await refused('--require', 'note'), /rows without "note" need a value; write/);
    assert.match(await refused('--require', 'code', '--backfill', "'x'"), /is required already/);
    assert.match(
      await refused('--require', 'nope', '--backfill', "'x'"),
      /the resource "order" has no field "nope"/,
    );
    assert.deepEqual(await filesIn(folder), before);
  });
});
