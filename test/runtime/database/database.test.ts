import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing.ts';
import { connectDatabase, databasePart } from '../../../src/runtime/database/database.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

const connect = (databaseUrl: string) =>
  connectDatabase({ databaseUrl, databasePoolMax: 2, serviceName: 'user-service' });

describe('connectDatabase', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it('reads bigint, decimal and date as strings, alone and in arrays, timestamps as Date', async () => {
    const knex = connect(database.url);
    const { rows } = await knex.raw(`select
      9223372036854775807::bigint as bigint, 0.10::numeric as decimal, '2026-03-29'::date as date,
      array[9223372036854775807] as bigints, array[0.10] as decimals, array['2026-03-29'::date] as dates,
      '2026-03-29T01:30:00Z'::timestamptz as timestamp, '{"a":[1]}'::jsonb as json, 7 as integer`);
    await knex.destroy();
    assert.deepEqual(rows[0], {
      bigint: '9223372036854775807',
      decimal: '0.10',
      date: '2026-03-29',
      bigints: ['9223372036854775807'],
      decimals: ['0.10'],
      dates: ['2026-03-29'],
      timestamp: new Date('2026-03-29T01:30:00Z'),
      json: { a: [1] },
      integer: 7,
    });
  });

  it('names its connections after the service', async () => {
    const knex = connect(database.url);
    const { rows } = await knex.raw(
      'select application_name from pg_stat_activity where pid = pg_backend_pid()',
    );
    await knex.destroy();
    assert.equal(rows[0].application_name, 'user-service');
  });

  it('puts no value of a statement into the message of an error', async () => {
    const knex = connect(database.url);
    const failing = knex.raw(String.raw`select ?::jsonb \? ? from nowhere`, ['{"pin":"hunter2"}', 'hunter2']);
    await assert.rejects(failing, (error: Error) => {
      assert.match(error.message, /nowhere/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
    await knex.destroy();
  });

  it('logs that a pooled connection has ended, why, and that it is replaced', async () => {
    const warnings: string[] = [];
    const logger = { warn: (text: string) => void warnings.push(text), error() {}, debug() {} };
    const config = { databaseUrl: database.url, databasePoolMax: 1, serviceName: 'ended' };
    const knex = connectDatabase(config, logger);
    await knex.raw('select 1');
    const other = connect(database.url);
    await other.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ended' and datname = current_database()`,
    );
    await other.destroy();
    await waitFor(async () => {
      await knex.raw('select 1').catch(() => undefined); // it may meet the connection before its end arrives
      return warnings.length > 0;
    });
    await knex.destroy();
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      /^a pooled connection to PostgreSQL ended: (terminating connection due to administrator command|Connection ended unexpectedly|Connection terminated unexpectedly); the pool opens a new one$/,
    );
  });
});

describe('databasePart', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const variant = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('starts where PostgreSQL answers, and may be stopped twice', async () => {
    const part = databasePart(connect(database.url));
    await part.start?.();
    await part.stop?.();
    await part.stop?.();
  });

  it('names the address without its password when nothing answers', async () => {
    const message = await startError('postgres://app:secret@localhost:1/users');
    assert.match(message, /^Cannot connect to PostgreSQL at postgres:\/\/app@localhost:1\/users: /);
    assert.match(message, /ECONNREFUSED/);
    assert.match(message, /start PostgreSQL there .* or correct DATABASE_URL/);
    assert.doesNotMatch(message, /secret/);
  });

  it('reports that the database does not exist', async () => {
    const message = await startError(variant((url) => (url.pathname = '/nowhere')));
    assert.match(message, /database "nowhere" does not exist; create the database, or correct its name/);
  });

  it('reports that the login was refused', async () => {
    const message = await startError(variant((url) => (url.username = 'stranger')));
    assert.match(message, /stranger.*; correct the user and the password in DATABASE_URL/);
  });
});

async function startError(url: string): Promise<string> {
  const part = databasePart(connect(url));
  try {
    await part.start?.();
    return 'started';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await part.stop?.();
  }
}
