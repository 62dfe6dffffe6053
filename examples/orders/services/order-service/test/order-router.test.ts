import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Order } from '../src/models/order.ts';
import { newOrder } from './new-order.ts';

interface Problem {
  errors: { field: string }[];
}

describe('/v1/orders', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = (body: unknown) => service.request<Order>('POST', '/v1/orders', body);
  const create = async () => (await post(newOrder()).expect(201)).body;
  const eventAbout = (id: string, type: string) =>
    service.waitForEvent('order.events', { type, subject: id });

  it('POST answers 201 with every field, and publishes order.created', async () => {
    const sent = newOrder();
    const { headers, body } = await post(sent).expect(201);
    const { id, createdAt, updatedAt, ...fields } = body;
    assert.deepEqual(fields, sent);
    assert.equal(createdAt, updatedAt);
    assert.equal(headers.get('location'), `/v1/orders/${id}`);
    assert.deepEqual((await service.request('GET', `/v1/orders/${id}`)).body, body);
    assert.deepEqual((await eventAbout(id, 'order.created')).data, body);
  });

  it('POST gives an absent field its default', async () => {
    const { status: _status, ...others } = newOrder();
    const { body } = await post(others).expect(201);
    assert.equal(body.status, 'PENDING');
  });

  it('POST answers 400 and names every invalid field', async () => {
    const bad = { itemId: 'not-a-uuid', quantity: '7', amount: 'much', status: '-' };
    const { body } = await service.request<Problem>('POST', '/v1/orders', bad).expect(400);
    const fields = body.errors.map(({ field }) => field);
    assert.deepEqual(fields.toSorted(), ['body.amount', 'body.itemId', 'body.quantity', 'body.status']);
  });

  it('GET answers 404 for an unknown id and 400 for a malformed one', async () => {
    await service.request('GET', `/v1/orders/${randomUUID()}`).expect(404);
    await service.request('GET', '/v1/orders/42').expect(400);
  });

  it('GET lists every order once, in the order of creation, on pages of at most `limit` items', async () => {
    const created = [await create(), await create(), await create()];
    const pages = await service.readPages<Order>('/v1/orders?limit=2');
    for (const page of pages) assert.ok(page.length <= 2);
    const listed = pages.flat();
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    assert.deepEqual(listed.slice(-created.length), created);
  });

  it('PATCH changes the given fields, and publishes order.updated', async () => {
    const before = await create();
    const changes = {
      itemId: '01890a5d-ac96-774b-bcce-b302099a8057',
      quantity: 7,
      amount: '24.50',
      status: 'CONFIRMED',
    };
    const path = `/v1/orders/${before.id}`;
    const { body } = await service.request<Order>('PATCH', path, changes).expect(200);
    assert.deepEqual(body, { ...before, ...changes, updatedAt: body.updatedAt });
    assert.deepEqual((await eventAbout(before.id, 'order.updated')).data, body);
  });

  it('PATCH answers 400 to an empty body and 404 for an unknown id', async () => {
    const path = `/v1/orders/${randomUUID()}`;
    await service.request('PATCH', path, {}).expect(400);
    await service.request('PATCH', path, newOrder()).expect(404);
  });

  it('DELETE accepts an id in upper case, and publishes the id in lower case', async () => {
    const { id } = await create();
    const path = `/v1/orders/${id.toUpperCase()}`;
    await service.request('DELETE', path).expect(204);
    assert.deepEqual((await eventAbout(id, 'order.deleted')).data, { id });
  });

  it('PATCH and DELETE answer 412 when If-Match names an earlier version', async () => {
    const { headers, body } = await post(newOrder()).expect(201);
    const path = `/v1/orders/${body.id}`;
    const created = { 'if-match': headers.get('etag') ?? '' };
    const changes = newOrder();
    const patch = async () => (await service.request('PATCH', path, changes, created)).status;
    const statuses = await Promise.all([patch(), patch()]);
    assert.deepEqual(statuses.toSorted(), [200, 412]);
    await service.request('DELETE', path, undefined, created).expect(412);
    const current = { 'if-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('DELETE', path, undefined, current).expect(204);
  });

  it('GET answers 304 when If-None-Match names the current version', async () => {
    const path = `/v1/orders/${(await create()).id}`;
    const current = { 'if-none-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('GET', path, undefined, current).expect(304);
  });

  it('DELETE answers 204, then 404, and publishes order.deleted', async () => {
    const { id } = await create();
    const path = `/v1/orders/${id}`;
    await service.request('DELETE', path).expect(204);
    await service.request('GET', path).expect(404);
    await service.request('DELETE', path).expect(404);
    assert.deepEqual((await eventAbout(id, 'order.deleted')).data, { id });
  });
});
