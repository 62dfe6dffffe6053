import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { columnName } from '../../../generators/service/model/names.ts';
import { fieldNameFault } from '../../../generators/service/model/name-rules.ts';
import { camelCase, snakeCase } from '../../../src/runtime/database/rows/column-names.ts';
import { connectDatabase, type RowFormat } from '../../../src/runtime/database/database.ts';
import { isoTypeParsers, typeParsers } from '../../../src/runtime/database/rows/type-parsers.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { query } from '../../support/query.ts';

const moment = '2026-03-29T01:30:00.120Z';

describe('connectDatabase with camelCase and isoTimestamps', () => {
  let home: TestDatabase;
  let database: Knex;
  const connect = (format?: RowFormat) =>
    connectDatabase(
      { databaseUrl: home.url, databasePoolMax: 2, serviceName: 'user-service' },
      console,
      format,
    );

  before(async () => {
    home = await createDatabase();
    await query(
      home.url,
      `create table user_notes (
      id int primary key, created_at timestamptz(3), address_2 text, line2 text, json_data jsonb, seen_at timestamptz[])`,
    );
    database = connect({ camelCase: true, isoTimestamps: true });
  });
  afterEach(() => query(home.url, 'truncate user_notes'));
  after(async () => {
    await database.destroy();
    await home.drop();
  });

  const note = {
    id: 1,
    createdAt: moment,
    address_2: 'a',
    line2: 'b',
    jsonData: { first_key: { second_key: 1 } },
    seenAt: [moment, null],
  };

  it('writes and reads each column under its camelCase name', async () => {
    const columns = Object.keys(note);
    const [inserted] = await database('userNotes').insert(note).returning(columns);
    assert.deepEqual(inserted, note);
    assert.deepEqual(await database('user_notes').first(columns), note);
    assert.deepEqual(await database('userNotes').select(), [note]);
    assert.deepEqual(await database('userNotes').select('userNotes.*').where({ createdAt: moment }), [note]);
    assert.deepEqual(await database('userNotes').pluck('createdAt'), [moment]);
    assert.deepEqual(await database('userNotes').pluck('created_at'), [moment]);
    const [changed] = await database('userNotes')
      .update({ jsonData: { a_b: 2 } })
      .returning('*');
    assert.deepEqual(changed, { ...note, jsonData: { a_b: 2 } });
  });

  it('reads an alias under its own name', async () => {
    await database('userNotes').insert(note);
    const row = await database('userNotes').first({ madeAt: 'createdAt', line2: 'address_2' });
    assert.deepEqual(row, { madeAt: moment, line2: 'a' });
    assert.deepEqual(await database('userNotes').count({ allNotes: '*' }), [{ allNotes: '1' }]);
    assert.deepEqual(await database('userNotes').select(database.raw('id as row_id')), [{ rowId: 1 }]);
  });

  it('maps names and timestamps in a transaction and in its savepoints', async () => {
    await database.transaction(async (trx) => {
      await trx('userNotes').insert(note);
      assert.deepEqual(await trx.transaction((inner) => inner('userNotes').first()), note);
    });
  });

  it('sends raw SQL unchanged, and reads its rows as pg does', async () => {
    await database('userNotes').insert(note);
    const { rows } = await database.raw('select created_at, json_data as "jsonData" from user_notes');
    assert.deepEqual(rows, [{ created_at: new Date(moment), jsonData: note.jsonData }]);
  });

  it('writes timestamps as JSON does, whatever the time zone of the session, and infinite and late ones as PostgreSQL does', async () => {
    await database.transaction(async (trx) => {
      await trx.raw(`set local time zone 'Asia/Kolkata'`);
      const texts = ['0044-03-15 12:00:00+00 BC', '1900-01-01 00:00:00+00', '2026-02-28 23:59:59.999999+00'];
      for (const text of texts) {
        const { rows } = await trx.raw('select ?::timestamptz as at', [text]);
        const read = await trx.first({ at: trx.raw('?::timestamptz', [text]) });
        assert.equal(JSON.stringify(read), JSON.stringify(rows[0]));
      }
      const row = await trx.first(
        trx.raw(`'-infinity'::timestamptz as past, '294276-01-01 00:00:00+00'::timestamptz as late`),
      );
      assert.deepEqual(row, { past: '-infinity', late: '294276-01-01 05:30:00+05:30' });
    });
  });

  it('maps nothing by default, and each option works alone', async () => {
    await database('userNotes').insert(note);
    for (const { format, row } of [
      { format: undefined, row: { created_at: new Date(moment) } },
      { format: { camelCase: true }, row: { createdAt: new Date(moment) } },
      { format: { isoTimestamps: true }, row: { created_at: moment } },
    ]) {
      const other = connect(format);
      assert.deepEqual(await other('user_notes').first('created_at'), row);
      await other.destroy();
    }
  });

  it('runs the migrations of Knex, whose table has snake_case columns', async () => {
    const migrationSource: Knex.MigrationSource<string> = {
      getMigrations: async () => ['one_table'],
      getMigrationName: (name) => name,
      getMigration: async () => ({
        up: (knex) => knex.schema.createTable('firstThings', (table) => void table.text('firstName')),
        down: (knex) => knex.schema.dropTable('firstThings'),
      }),
    };
    await database.migrate.latest({ migrationSource });
    assert.deepEqual(await database('first_things').columnInfo('first_name').then(Object.keys), [
      'type',
      'maxLength',
      'nullable',
      'defaultValue',
    ]);
    const [applied, pending] = await database.migrate.list({ migrationSource });
    assert.deepEqual([applied.length, pending.length], [1, 0]);
    await database.migrate.rollback({ migrationSource });
    assert.equal(await database.schema.hasTable('firstThings'), false);
  });
});

describe('timestamps as ISO text', () => {
  it('are the text that the Date of pg has in JSON', () => {
    const read = (parsers: typeof typeParsers, text: string) => parsers.getTypeParser(1184, 'text')(text);
    const time = fc
      .tuple(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        fc.nat(999_999),
        fc.constantFrom('+00', '+05:30', '-08'),
      )
      .map(([date, micros, zone]) => `${date.toISOString().slice(0, 19).replace('T', ' ')}.${micros}${zone}`);
    fc.assert(
      fc.property(time, (text) =>
        assert.equal(JSON.stringify(read(isoTypeParsers, text)), JSON.stringify(read(typeParsers, text))),
      ),
    );
  });
});

describe('the names of columns', () => {
  const letters = fc.constantFrom(...'abzABZ019'.split(''));
  const field = fc
    .tuple(fc.constantFrom('a', 'z'), fc.string({ unit: letters, maxLength: 39 }))
    .map((parts) => parts.join(''))
    .filter((name) => fieldNameFault(name) === undefined);

  it('of every field that the generator allows lead back to the field', () => {
    fc.assert(
      fc.property(field, (name) => {
        assert.equal(snakeCase(name), columnName(name));
        assert.equal(camelCase(columnName(name)), name);
      }),
    );
  });

  it('of a table in lower case lead back to the column', () => {
    const column = fc.string({ unit: fc.constantFrom(...'abz_019é'.split('')), minLength: 1, maxLength: 63 });
    fc.assert(fc.property(column, (name) => assert.equal(snakeCase(camelCase(name)), name)));
  });
});
