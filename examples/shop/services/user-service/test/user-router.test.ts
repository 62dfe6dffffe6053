import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { User } from '../src/models/user.ts';
import { newUser } from './new-user.ts';

interface Problem {
  errors: { field: string }[];
}

describe('/v1/users', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = (body: unknown) => service.request<User>('POST', '/v1/users', body);
  const create = async () => (await post(newUser()).expect(201)).body;
  const eventAbout = (id: string, type: string) => service.waitForEvent('user.events', { type, subject: id });

  it('POST answers 201 with every field, and publishes user.created', async () => {
    const sent = newUser();
    const { headers, body } = await post(sent).expect(201);
    const { id, createdAt, updatedAt, ...fields } = body;
    assert.deepEqual(fields, sent);
    assert.equal(createdAt, updatedAt);
    assert.equal(headers.get('location'), `/v1/users/${id}`);
    assert.deepEqual((await service.request('GET', `/v1/users/${id}`)).body, body);
    assert.deepEqual((await eventAbout(id, 'user.created')).data, body);
  });

  it('POST stores an absent optional field as null', async () => {
    const { age: _age, ...required } = newUser();
    const { body } = await post(required).expect(201);
    assert.equal(body.age, null);
  });

  it('POST answers 400 and names every invalid field', async () => {
    const bad = { email: 42, name: 42, age: '7', active: 'true' };
    const { body } = await service.request<Problem>('POST', '/v1/users', bad).expect(400);
    const fields = body.errors.map(({ field }) => field);
    assert.deepEqual(fields.toSorted(), ['body.active', 'body.age', 'body.email', 'body.name']);
  });

  it('POST answers 409 and names email when it is taken, and publishes nothing', async () => {
    const taken = await create();
    const again = { ...newUser(), email: taken.email };
    const { body } = await service.request<Problem>('POST', '/v1/users', again).expect(409);
    assert.deepEqual(
      body.errors.map(({ field }) => field),
      ['body.email'],
    );
    const later = await create();
    await eventAbout(later.id, 'user.created');
    const events = await service.published('user.events');
    const about = events.filter(({ data }) => (data as User).email === taken.email);
    assert.deepEqual(
      about.map(({ subject }) => subject),
      [taken.id],
    );
  });

  it('GET answers 404 for an unknown id and 400 for a malformed one', async () => {
    await service.request('GET', `/v1/users/${randomUUID()}`).expect(404);
    await service.request('GET', '/v1/users/42').expect(400);
  });

  it('GET lists every user once, in the order of creation, on pages of at most `limit` items', async () => {
    const created = [await create(), await create(), await create()];
    const pages = await service.readPages<User>('/v1/users?limit=2');
    for (const page of pages) assert.ok(page.length <= 2);
    const listed = pages.flat();
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    assert.deepEqual(listed.slice(-created.length), created);
  });

  it('GET filters the list by email, and sorts it in both directions', async () => {
    const created = [await create(), await create(), await create()];
    const read = async (query: string) => {
      const pages = await service.readPages<User>(`/v1/users?${query}&limit=2`);
      return pages.flat();
    };
    const wanted = String(created[1]?.email);
    const found = await read(`email=${encodeURIComponent(wanted)}`);
    assert.ok(found.some(({ id }) => id === created[1]?.id));
    assert.ok(found.every((item) => item.email === wanted));
    const sorted = await read('sort=email');
    for (const each of created) assert.equal(sorted.filter(({ id }) => id === each.id).length, 1);
    assert.deepEqual(await read('sort=-email'), sorted.toReversed());
  });

  it('PATCH changes the given fields, and publishes user.updated', async () => {
    const before = await create();
    const changes = { email: 'grace@example.com', name: 'Grace Hopper', age: 7, active: false };
    const path = `/v1/users/${before.id}`;
    const { body } = await service.request<User>('PATCH', path, changes).expect(200);
    assert.deepEqual(body, { ...before, ...changes, updatedAt: body.updatedAt });
    assert.deepEqual((await eventAbout(before.id, 'user.updated')).data, body);
  });

  it('PATCH answers 400 to an empty body and 404 for an unknown id', async () => {
    const path = `/v1/users/${randomUUID()}`;
    await service.request('PATCH', path, {}).expect(400);
    await service.request('PATCH', path, newUser()).expect(404);
  });

  it('DELETE accepts an id in upper case, and publishes the id in lower case', async () => {
    const { id } = await create();
    const path = `/v1/users/${id.toUpperCase()}`;
    await service.request('DELETE', path).expect(204);
    assert.deepEqual((await eventAbout(id, 'user.deleted')).data, { id });
  });

  it('PATCH and DELETE answer 412 when If-Match names an earlier version', async () => {
    const { headers, body } = await post(newUser()).expect(201);
    const path = `/v1/users/${body.id}`;
    const created = { 'if-match': headers.get('etag') ?? '' };
    const changes = newUser();
    const patch = async () => (await service.request('PATCH', path, changes, created)).status;
    const statuses = await Promise.all([patch(), patch()]);
    assert.deepEqual(statuses.toSorted(), [200, 412]);
    await service.request('DELETE', path, undefined, created).expect(412);
    const current = { 'if-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('DELETE', path, undefined, current).expect(204);
  });

  it('GET answers 304 when If-None-Match names the current version', async () => {
    const path = `/v1/users/${(await create()).id}`;
    const current = { 'if-none-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('GET', path, undefined, current).expect(304);
  });

  it('DELETE answers 204, then 404, and publishes user.deleted', async () => {
    const { id } = await create();
    const path = `/v1/users/${id}`;
    await service.request('DELETE', path).expect(204);
    await service.request('GET', path).expect(404);
    await service.request('DELETE', path).expect(404);
    assert.deepEqual((await eventAbout(id, 'user.deleted')).data, { id });
  });
});
