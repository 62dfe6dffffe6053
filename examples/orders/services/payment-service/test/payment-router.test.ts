import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startService, type TestService } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Payment } from '../src/models/payment.ts';
import { newPayment } from './new-payment.ts';

interface Problem {
  errors: { field: string }[];
}

describe('/v1/payments', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readConfig);
  });
  after(() => service.stop());

  const post = (body: unknown) => service.request<Payment>('POST', '/v1/payments', body);
  const create = async () => (await post(newPayment()).expect(201)).body;
  const eventAbout = (id: string, type: string) =>
    service.waitForEvent('payment.events', { type, subject: id });

  it('POST answers 201 with every field, and publishes payment.created', async () => {
    const sent = newPayment();
    const { headers, body } = await post(sent).expect(201);
    const { id, createdAt, updatedAt, ...fields } = body;
    assert.deepEqual(fields, sent);
    assert.equal(createdAt, updatedAt);
    assert.equal(headers.get('location'), `/v1/payments/${id}`);
    assert.deepEqual((await service.request('GET', `/v1/payments/${id}`)).body, body);
    assert.deepEqual((await eventAbout(id, 'payment.created')).data, body);
  });

  it('POST gives an absent field its default', async () => {
    const { status: _status, ...others } = newPayment();
    const { body } = await post(others).expect(201);
    assert.equal(body.status, 'PROCESSED');
  });

  it('POST answers 400 and names every invalid field', async () => {
    const bad = { orderId: 'not-a-uuid', amount: 'much', status: '-' };
    const { body } = await service.request<Problem>('POST', '/v1/payments', bad).expect(400);
    const fields = body.errors.map(({ field }) => field);
    assert.deepEqual(fields.toSorted(), ['body.amount', 'body.orderId', 'body.status']);
  });

  it('GET answers 404 for an unknown id and 400 for a malformed one', async () => {
    await service.request('GET', `/v1/payments/${randomUUID()}`).expect(404);
    await service.request('GET', '/v1/payments/42').expect(400);
  });

  it('GET lists every payment once, in the order of creation, on pages of at most `limit` items', async () => {
    const created = [await create(), await create(), await create()];
    const pages = await service.readPages<Payment>('/v1/payments?limit=2');
    for (const page of pages) assert.ok(page.length <= 2);
    const listed = pages.flat();
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    assert.deepEqual(listed.slice(-created.length), created);
  });

  it('GET filters the list by orderId, and sorts it in both directions', async () => {
    const created = [await create(), await create(), await create()];
    const read = async (query: string) => {
      const pages = await service.readPages<Payment>(`/v1/payments?${query}&limit=2`);
      return pages.flat();
    };
    const wanted = String(created[1]?.orderId);
    const found = await read(`orderId=${encodeURIComponent(wanted)}`);
    assert.ok(found.some(({ id }) => id === created[1]?.id));
    assert.ok(found.every((item) => item.orderId === wanted));
    const sorted = await read('sort=orderId');
    for (const each of created) assert.equal(sorted.filter(({ id }) => id === each.id).length, 1);
    assert.deepEqual(await read('sort=-orderId'), sorted.toReversed());
  });

  it('PATCH changes the given fields, and publishes payment.updated', async () => {
    const before = await create();
    const changes = { orderId: '01890a5d-ac96-774b-bcce-b302099a8057', amount: '24.50', status: 'REFUNDED' };
    const path = `/v1/payments/${before.id}`;
    const { body } = await service.request<Payment>('PATCH', path, changes).expect(200);
    assert.deepEqual(body, { ...before, ...changes, updatedAt: body.updatedAt });
    assert.deepEqual((await eventAbout(before.id, 'payment.updated')).data, body);
  });

  it('PATCH answers 400 to an empty body and 404 for an unknown id', async () => {
    const path = `/v1/payments/${randomUUID()}`;
    await service.request('PATCH', path, {}).expect(400);
    await service.request('PATCH', path, newPayment()).expect(404);
  });

  it('DELETE accepts an id in upper case, and publishes the id in lower case', async () => {
    const { id } = await create();
    const path = `/v1/payments/${id.toUpperCase()}`;
    await service.request('DELETE', path).expect(204);
    assert.deepEqual((await eventAbout(id, 'payment.deleted')).data, { id });
  });

  it('PATCH and DELETE answer 412 when If-Match names an earlier version', async () => {
    const { headers, body } = await post(newPayment()).expect(201);
    const path = `/v1/payments/${body.id}`;
    const created = { 'if-match': headers.get('etag') ?? '' };
    const changes = newPayment();
    const patch = async () => (await service.request('PATCH', path, changes, created)).status;
    const statuses = await Promise.all([patch(), patch()]);
    assert.deepEqual(statuses.toSorted(), [200, 412]);
    await service.request('DELETE', path, undefined, created).expect(412);
    const current = { 'if-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('DELETE', path, undefined, current).expect(204);
  });

  it('GET answers 304 when If-None-Match names the current version', async () => {
    const path = `/v1/payments/${(await create()).id}`;
    const current = { 'if-none-match': (await service.request('GET', path)).headers.get('etag') ?? '' };
    await service.request('GET', path, undefined, current).expect(304);
  });

  it('DELETE answers 204, then 404, and publishes payment.deleted', async () => {
    const { id } = await create();
    const path = `/v1/payments/${id}`;
    await service.request('DELETE', path).expect(204);
    await service.request('GET', path).expect(404);
    await service.request('DELETE', path).expect(404);
    assert.deepEqual((await eventAbout(id, 'payment.deleted')).data, { id });
  });
});
