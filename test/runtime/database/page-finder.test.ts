import assert from 'node:assert/strict';
import fc from 'fast-check';
import joi from 'joi';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { pageFinder } from '../../../src/runtime/database/page-finder.ts';
import { decimalString, timestampString, uuidString } from '../../../src/runtime/schemas/fields.ts';
import { toJsonSchema } from '../../../src/runtime/schemas/json-schema.ts';
import { pageSchemaOf } from '../../../src/runtime/schemas/page.ts';
import { querySchemaOf, type QueryOf } from '../../../src/runtime/schemas/query.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

interface Order {
  id: string;
  unitPrice: string;
  status: string | null;
  count: number | null;
  isPaid: boolean;
  paidAt: string | null;
  createdAt: string;
}

const keys = ['unitPrice', 'status', 'count', 'isPaid', 'paidAt'] as const;
type OrderQuery = QueryOf<Order, (typeof keys)[number]>;

const orderSchema = joi.object<Order>({
  id: uuidString().required(),
  unitPrice: decimalString(10, 2).required(),
  status: joi.string().valid('open', 'On hold', 'ärger').allow(null).required(),
  count: joi.number().integer().min(-100).max(100).allow(null).required(),
  isPaid: joi.boolean().required(),
  paidAt: timestampString().allow(null).required(),
  createdAt: timestampString().required(),
});
const querySchema = querySchemaOf(orderSchema, keys);
const read = (query: object) => querySchema.validate(query);

describe('a list that is filtered and sorted', () => {
  let home: TestDatabase;
  let database: Knex;
  before(async () => {
    home = await createDatabase();
    const config = { databaseUrl: home.url, databasePoolMax: 1, serviceName: 'order-service' };
    database = connectDatabase(config, undefined, { camelCase: true, isoTimestamps: true });
    await database.schema.createTable('orders', (table) => {
      table.uuid('id').primary();
      table.decimal('unit_price', 10, 2).notNullable();
      table.text('status');
      table.integer('count');
      table.boolean('is_paid').notNullable();
      table.timestamp('paid_at', { precision: 3 });
      table.timestamp('created_at', { precision: 3 }).notNullable();
      for (const column of ['unit_price', 'status', 'count', 'is_paid', 'paid_at'])
        table.index([column, 'id']);
    });
  });
  after(async () => {
    await database.destroy();
    await home.drop();
  });

  const findPage = pageFinder(orderSchema);
  const columns = ['id', ...keys, 'createdAt'];
  const pageOf = (query: OrderQuery) => findPage(database('orders').select(columns), query);

  async function pagesOf(query: Record<string, unknown>): Promise<Order[]> {
    const items: Order[] = [];
    for (let after: string | undefined; ;) {
      const { error, value } = read({ ...query, ...(after !== undefined && { after }) });
      assert.ok(!error, error?.message);
      const page = await pageOf(value);
      assert.equal(pageSchemaOf(orderSchema).validate(page).error, undefined);
      items.push(...page.items);
      if (page.next === null) return items;
      after = page.next;
    }
  }

  const time = fc.constantFrom('2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z');
  const order = fc.record({
    id: fc.uuid(),
    unitPrice: fc.constantFrom('1.00', '9.50', '10.00'),
    status: fc.constantFrom('open', 'On hold', 'ärger', null),
    count: fc.constantFrom(-3, 0, 20, null),
    isPaid: fc.boolean(),
    paidAt: fc.option(time),
    createdAt: time,
  });
  const orders = fc.uniqueArray(order, { selector: ({ id }) => id, minLength: 1, maxLength: 14 });
  const sorts = [...keys, 'createdAt'].flatMap((key) => [key, `-${key}`]);

  it('has each item once, in the order of PostgreSQL, for every key, direction and size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 1, max: 4 }), async (rows, limit) => {
        await database('orders').delete();
        await database('orders').insert(rows);
        for (const sort of sorts) {
          const key = sort.replace('-', '');
          const direction = sort.startsWith('-') ? 'desc' : 'asc';
          const expected = await database('orders')
            .select('id')
            .orderBy([key, 'id'].map((column) => ({ column, order: direction })));
          assert.deepEqual(
            (await pagesOf({ sort, limit })).map(({ id }) => ({ id })),
            expected,
            sort,
          );
        }
      }),
      { numRuns: 6 },
    );
  });

  it('has the items with the values of its filters, which are text in a URL', async () => {
    await database('orders').delete();
    const [one, two] = ['01890a5d-ac96-774b-bcce-b302099a8051', '01890a5d-ac96-774b-bcce-b302099a8052'];
    const paidAt = '2026-01-01T00:00:00.000Z';
    const row = { unitPrice: '9.5', status: 'open', count: 7, isPaid: true, paidAt, createdAt: paidAt };
    await database('orders').insert([
      { ...row, id: one },
      { ...row, id: two, isPaid: false, count: null },
    ]);
    const found = async (query: object) =>
      (await pagesOf(query as Record<string, unknown>)).map(({ id }) => id);
    assert.deepEqual(await found({ unitPrice: '9.5', limit: 1 }), [one, two]);
    assert.deepEqual(await found({ isPaid: 'true' }), [one]);
    assert.deepEqual(await found({ isPaid: 'false', status: 'open', sort: '-count' }), [two]);
    assert.deepEqual(await found({ count: '7', paidAt: '2026-01-01T01:00:00+01:00' }), [one]);
    assert.deepEqual(await found({ count: '8' }), []);
  });

  it('refuses a position of another order, and values, keys and parameters that it does not have', async () => {
    const { next } = await pageOf({ limit: 1, sort: '-count' });
    assert.ok(next !== null);
    assert.equal(read({ after: next, sort: '-count' }).error, undefined);
    for (const query of [{ after: next }, { after: next, sort: 'count' }, { after: next, sort: '-status' }])
      assert.match(read(query).error?.message ?? '', /"next" value of an earlier page with the same "sort"/);
    const refused = [
      { sort: 'id' },
      { status: 'shut' },
      { status: '' },
      { status: null },
      { count: 'x' },
      { total: '1' },
    ];
    for (const query of refused) assert.ok(read(query).error, JSON.stringify(query));
    assert.ok(read({ status: ['open', 'shut'] }).error);
  });

  it('documents its filters without null, and its sort keys', () => {
    const { properties } = toJsonSchema(querySchema);
    assert.deepEqual(properties?.['status'], {
      type: 'string',
      enum: ['open', 'On hold', 'ärger'],
      description: 'Only items with this value',
    });
    assert.deepEqual(properties?.['sort']?.enum, sorts);
  });
});
