import assert from 'node:assert/strict';
import knexFactory, { type Knex } from 'knex';
import {
  askOf,
  checkRequiredSchema,
  findMissing,
  inboxSchema,
  outboxSchema,
} from '../../../src/runtime/database/required-schema.ts';
import * as events from '../../../src/runtime/tables/events.ts';
import * as inbox from '../../../src/runtime/tables/event-inbox.ts';
import * as inbox2 from '../../../src/runtime/tables/event-inbox-2.ts';
import * as outbox from '../../../src/runtime/tables/event-outbox.ts';
import * as parked from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

const all = [...new Set([...outboxSchema, ...inboxSchema])];

describe('The check of the tables that the runtime needs', () => {
  let created: TestDatabase;
  let database: Knex;
  beforeEach(async () => {
    created = await createDatabase();
    database = knexFactory({ client: 'pg', connection: created.url, pool: { min: 0 } });
  });
  afterEach(async () => {
    await database.destroy();
    await created.drop();
  });

  const missing = async () =>
    (await findMissing(askOf(database), all)).map(({ table, module }) => `${table}: ${module}`);

  it('names the module of all tables in a database that has none of them', async () => {
    for (const items of [outboxSchema, inboxSchema]) {
      await assert.rejects(
        checkRequiredSchema(askOf(database), items),
        /is missing; add a migration .*'microservice-runtime\/tables\/events';/,
      );
    }
    assert.deepEqual(
      [...new Set((await findMissing(askOf(database), all)).map(({ module }) => module))],
      ['events'],
    );
  });

  it('finds nothing missing after the migration of a new service, nor after the migrations of an earlier one', async () => {
    await events.up(database);
    assert.deepEqual(await missing(), []);
    await events.down(database);
    for (const { up } of [outbox, inbox, parked, inbox2]) await up(database);
    assert.deepEqual(await missing(), []);
  });

  it('names the module of a part in a database that has other parts', async () => {
    await outbox.up(database);
    assert.deepEqual(await missing(), [
      'event_parked: event-parked',
      'event_parked_keys: event-parked',
      'event_inbox: event-inbox',
      'event_positions: event-inbox',
    ]);
    await inbox.up(database);
    await outbox.down(database);
    assert.deepEqual(await missing(), [
      'event_outbox: event-outbox',
      'event_parked: event-parked',
      'event_parked_keys: event-parked',
      'event_positions: event-inbox-2',
    ]);
  });
});
