import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Item } from '../src/models/item.ts';
import { newItem } from './new-item.ts';

interface Problem {
  errors: { field: string }[];
}

describe('/v1/items', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = (body: unknown) => service.request<Item>('POST', '/v1/items', body);
  const create = async () => (await post(newItem()).expect(201)).body;
  const eventAbout = (id: string, type: string) => service.waitForEvent('item.events', { type, subject: id });

  it('POST answers 201 with every field, and publishes item.created', async () => {
    const sent = newItem();
    const { headers, body } = await post(sent).expect(201);
    const { id, createdAt, updatedAt, ...fields } = body;
    assert.deepEqual(fields, sent);
    assert.equal(createdAt, updatedAt);
    assert.equal(headers.get('location'), `/v1/items/${id}`);
    assert.deepEqual((await service.request('GET', `/v1/items/${id}`)).body, body);
    assert.deepEqual((await eventAbout(id, 'item.created')).data, body);
  });

  it('POST answers 400 and names every invalid field', async () => {
    const bad = { name: 42, quantity: '7' };
    const { body } = await service.request<Problem>('POST', '/v1/items', bad).expect(400);
    const fields = body.errors.map(({ field }) => field);
    assert.deepEqual(fields.toSorted(), ['body.name', 'body.quantity']);
  });

  it('POST answers 409 and names name when it is taken, and publishes nothing', async () => {
    const taken = await create();
    const again = { ...newItem(), name: taken.name };
    const { body } = await service.request<Problem>('POST', '/v1/items', again).expect(409);
    assert.deepEqual(
      body.errors.map(({ field }) => field),
      ['body.name'],
    );
    const later = await create();
    await eventAbout(later.id, 'item.created');
    const events = await service.published('item.events');
    const about = events.filter(({ data }) => (data as Item).name === taken.name);
    assert.deepEqual(
      about.map(({ subject }) => subject),
      [taken.id],
    );
  });

  it('GET answers 404 for an unknown id and 400 for a malformed one', async () => {
    await service.request('GET', `/v1/items/${randomUUID()}`).expect(404);
    await service.request('GET', '/v1/items/42').expect(400);
  });

  it('GET lists every item once, in the order of creation, on pages of at most `limit` items', async () => {
    const created = [await create(), await create(), await create()];
    const pages = await service.readPages<Item>('/v1/items?limit=2');
    for (const page of pages) assert.ok(page.length <= 2);
    const listed = pages.flat();
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    assert.deepEqual(listed.slice(-created.length), created);
  });

  it('GET filters the list by name, and sorts it in both directions', async () => {
    const created = [await create(), await create(), await create()];
    const read = async (query: string) => {
      const pages = await service.readPages<Item>(`/v1/items?${query}&limit=2`);
      return pages.flat();
    };
    const wanted = String(created[1]?.name);
    const found = await read(`name=${encodeURIComponent(wanted)}`);
    assert.ok(found.some(({ id }) => id === created[1]?.id));
    assert.ok(found.every((item) => item.name === wanted));
    const sorted = await read('sort=name');
    for (const each of created) assert.equal(sorted.filter(({ id }) => id === each.id).length, 1);
    assert.deepEqual(await read('sort=-name'), sorted.toReversed());
  });

  it('PATCH changes the given fields, and publishes item.updated', async () => {
    const before = await create();
    const changes = { name: 'Coffee mug', quantity: 7 };
    const path = `/v1/items/${before.id}`;
    const { body } = await service.request<Item>('PATCH', path, changes).expect(200);
    assert.deepEqual(body, { ...before, ...changes, updatedAt: body.updatedAt });
    assert.deepEqual((await eventAbout(before.id, 'item.updated')).data, body);
  });

  it('PATCH answers 400 to an empty body and 404 for an unknown id', async () => {
    const path = `/v1/items/${randomUUID()}`;
    await service.request('PATCH', path, {}).expect(400);
    await service.request('PATCH', path, newItem()).expect(404);
  });

  it('DELETE accepts an id in upper case, and publishes the id in lower case', async () => {
    const { id } = await create();
    const path = `/v1/items/${id.toUpperCase()}`;
    await service.request('DELETE', path).expect(204);
    assert.deepEqual((await eventAbout(id, 'item.deleted')).data, { id });
  });

  it('PATCH and DELETE answer 412 when If-Match names an earlier version', async () => {
    const { headers, body } = await post(newItem()).expect(201);
    const path = `/v1/items/${body.id}`;
    const created = { 'if-match': headers.get('etag') ?? '' };
    const changes = newItem();
    const patch = async () => (await service.request('PATCH', path, changes, created)).status;
    const statuses = await Promise.all([patch(), patch()]);
    assert.deepEqual(statuses.toSorted(), [200, 412]);
    await service.request('DELETE', path, undefined, created).expect(412);
    const current = { 'if-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('DELETE', path, undefined, current).expect(204);
  });

  it('GET answers 304 when If-None-Match names the current version', async () => {
    const path = `/v1/items/${(await create()).id}`;
    const current = { 'if-none-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('GET', path, undefined, current).expect(304);
  });

  it('DELETE answers 204, then 404, and publishes item.deleted', async () => {
    const { id } = await create();
    const path = `/v1/items/${id}`;
    await service.request('DELETE', path).expect(204);
    await service.request('GET', path).expect(404);
    await service.request('DELETE', path).expect(404);
    assert.deepEqual((await eventAbout(id, 'item.deleted')).data, { id });
  });
});
