import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { up } from './fixture/migrations/20260101000000_users.ts';
import { startApp, type StartedApp } from './start-app.ts';
import { createUserRouter, type User } from './user-router.ts';

const problem = async (response: Response) => {
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  return (await response.json()) as Record<string, unknown>;
};

describe('a router of users', () => {
  let home: TestDatabase;
  let database: Knex;
  let started: StartedApp;

  before(async () => {
    home = await createDatabase();
    database = connectDatabase({ serviceName: 'user-service', databaseUrl: home.url, databasePoolMax: 4 });
    await up(database);
    started = await startApp({ database, routers: [createUserRouter(database)] });
  });

  after(async () => {
    await started.server.stop();
    await database.destroy();
    await home.drop();
  });

  const create = async (email: string): Promise<User> => {
    const response = await started.send('POST', '/v1/users', { email, displayName: 'Ada' });
    assert.equal(response.status, 201);
    return (await response.json()) as User;
  };

  it('creates, reads, changes and deletes', async () => {
    const response = await started.send('POST', '/v1/users', {
      email: 'a@b.de',
      displayName: ' Ada ',
      age: 3,
    });
    const user = (await response.json()) as User;
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), `/v1/users/${user.id}`);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(user, { id: user.id, email: 'a@b.de', displayName: 'Ada', age: 3 });
    assert.deepEqual(await (await started.request(`/v1/users/${user.id}`)).json(), user);
    const changed = await started.send('PATCH', `/v1/users/${user.id}`, { age: null });
    assert.deepEqual(await changed.json(), { ...user, age: null });
    assert.equal((await started.request(`/v1/users/${user.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await started.request(`/v1/users/${user.id}`)).status, 404);
  });

  it('answers HEAD without a body', async () => {
    const { id } = await create('head@b.de');
    const response = await started.request(`/v1/users/${id}`, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
  });

  it('passes the query as its schema converts it', async () => {
    await create('one@b.de');
    await create('two@b.de');
    const page = (await (await started.request('/v1/users?limit=1')).json()) as { items: User[] };
    assert.equal(page.items.length, 1);
    const all = (await (await started.request('/v1/users')).json()) as { items: User[] };
    assert.ok(all.items.length >= 2);
  });

  it('names every bad field at once', async () => {
    const response = await started.send('PATCH', '/v1/users/7', { email: 'x', age: '3', nick: 'y' });
    assert.equal(response.status, 400);
    assert.deepEqual(await problem(response), {
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The request does not match the schema of this operation.',
      errors: [
        { field: 'params.id', message: 'must be a UUID, such as "01890a5d-ac96-774b-bcce-b302099a8057"' },
        { field: 'body.email', message: 'must be a valid email' },
        { field: 'body.age', message: 'must be a number' },
        { field: 'body.nick', message: 'is not allowed' },
      ],
    });
  });

  it('names a bad query and a missing body', async () => {
    const query = await problem(await started.request('/v1/users?limit=0&page=2'));
    assert.deepEqual(query['errors'], [
      { field: 'query.limit', message: 'must be greater than or equal to 1' },
      { field: 'query.page', message: 'is not allowed' },
    ]);
    const missing = await problem(await started.request('/v1/users', { method: 'POST' }));
    assert.deepEqual(missing['errors'], [{ field: 'body', message: 'is required' }]);
  });

  it('answers 409 and names the field when a value is taken', async () => {
    await create('taken@b.de');
    const response = await started.send('POST', '/v1/users', { email: 'taken@b.de', displayName: 'B' });
    assert.equal(response.status, 409);
    assert.equal((await problem(response))['detail'], 'email is already taken');
  });

  it('answers 404 for a path and 405 for a method that do not exist', async () => {
    const path = await started.request('/v1/nothing');
    assert.equal(path.status, 404);
    assert.equal((await problem(path))['detail'], 'No route matches /v1/nothing.');
    const method = await started.request('/v1/users', { method: 'DELETE' });
    assert.equal(method.status, 405);
    assert.equal(method.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    const options = await started.request('/v1/users', { method: 'OPTIONS' });
    assert.equal(options.status, 200);
    assert.match(options.headers.get('allow') ?? '', /GET.*POST/);
  });

  it('answers 400 to malformed JSON, 413 to a body that is too large, 415 to another media type', async () => {
    const post = (body: string, type: string) =>
      started.request('/v1/users', { method: 'POST', body, headers: { 'content-type': type } });
    const malformed = await post('{"email":', 'application/json');
    assert.equal(malformed.status, 400);
    assert.match(String((await problem(malformed))['detail']), /^The body is not JSON/);
    const large = await post(JSON.stringify({ email: 'x'.repeat(100 * 1024) }), 'application/json');
    assert.equal(large.status, 413);
    const text = await post('email=x', 'text/plain');
    assert.equal(text.status, 415);
    const detail = 'The body must be application/json, not text/plain.';
    assert.equal((await problem(text))['detail'], detail);
    assert.equal((await started.request('/v1/users/%E0%A4%A')).status, 400);
  });

  it('answers 400 to a value that PostgreSQL cannot store, without its message', async () => {
    const response = await started.send('POST', '/v1/users', {
      email: 'old@b.de',
      displayName: 'Ada',
      age: 3_000_000_000,
    });
    assert.equal(response.status, 400);
    assert.equal((await problem(response))['detail'], 'A value has the wrong format or is out of range.');
  });
});
