import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { conflictOn } from '../../../src/runtime/database/conflict.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { ConflictError } from '../../../src/runtime/errors.ts';
import { errorProblem } from '../../../src/runtime/http/problems/error-problem.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

interface User {
  email: string;
  name: string;
}

describe('conflictOn', () => {
  let home: TestDatabase;
  let database: Knex;
  before(async () => {
    home = await createDatabase();
    database = connectDatabase({ databaseUrl: home.url, databasePoolMax: 1, serviceName: 'user-service' });
    await database.schema.createTable('users', (table) => {
      table.text('email').unique();
      table.text('name').unique();
      table.text('other_name').notNullable().defaultTo('');
    });
    await database('users').insert({ email: 'a@b.de', name: 'A' });
  });
  after(async () => {
    await database.destroy();
    await home.drop();
  });

  const insert = (user: Partial<Record<'email' | 'name' | 'other_name', string | null>>): Promise<unknown> =>
    database('users')
      .insert(user)
      .catch(conflictOn<User>({ users_email_unique: 'email' }))
      .then(
        () => undefined,
        (error: unknown) => error,
      );

  it('turns a violation of a named constraint into a 409 that names the field', async () => {
    const error = await insert({ email: 'a@b.de' });
    assert.ok(error instanceof ConflictError);
    assert.equal(error.field, 'email');
    assert.equal(Object(error.cause).constraint, 'users_email_unique');
    const { status, detail, errors } = errorProblem(error);
    assert.deepEqual(
      { status, detail, errors },
      {
        status: 409,
        detail: 'email is already taken',
        errors: [{ field: 'body.email', message: 'email is already taken' }],
      },
    );
  });

  it('passes every other error on', async () => {
    const { status, detail, errors } = errorProblem(await insert({ name: 'A' }));
    assert.deepEqual(
      { status, detail, errors },
      {
        status: 409,
        detail: 'name is already taken',
        errors: undefined,
      },
    );
    assert.equal(Object(await insert({ other_name: null })).code, '23502');
    assert.equal(await insert({ email: 'c@d.de' }), undefined);
  });
});
