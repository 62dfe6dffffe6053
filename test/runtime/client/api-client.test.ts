import assert from 'node:assert/strict';
import { createApiClient, HttpResponseError } from 'microservice-runtime/client';
import { UnavailableError } from 'microservice-runtime';
import { startFakeApi, type FakeApi } from 'microservice-devkit/testing';

/** As openapi-typescript 7 writes it. */
interface Paths {
  '/rates/{country}': {
    parameters: { query?: never; header?: never; path: { country: string }; cookie?: never };
    get: {
      parameters: {
        query?: { at?: string; of?: string[]; filter?: { a: string } };
        header?: { 'x-tenant'?: string };
        path: { country: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: object; content: { 'application/json': { rate: number } } };
        default: { headers: object; content: { 'application/json': { code: string } } };
      };
    };
    put?: never;
  };
  '/invoices': {
    get?: never;
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { 'application/json': { kind: 'a' | 'b' } } };
      responses: { '2XX': { headers: object; content?: never } };
    };
  };
}

describe('createApiClient', () => {
  let fake: FakeApi;
  before(async () => {
    fake = await startFakeApi({
      'GET /rates/:country': { status: 200, body: { rate: 0.2 } },
      'POST /invoices': { status: 204 },
    });
  });
  after(() => fake.stop());
  const api = () => createApiClient<Paths>({ name: 'tax', baseUrl: fake.url, retries: 1, retryDelay: 1 });

  it('sends path, query and header parameters, and resolves to the typed body', async () => {
    const getRate = api().get('/rates/{country}');
    const { rate } = await getRate({
      path: { country: 'a/b' },
      query: { at: '2026-01-01', of: ['x', 'y'] },
      header: { 'x-tenant': 't' },
    });
    assert.equal(rate.toFixed(1), '0.2');
    const sent = fake.requests.at(-1);
    assert.deepEqual(sent?.params, { country: 'a/b' });
    assert.equal(String(sent?.query), 'at=2026-01-01&of=x&of=y');
    assert.equal(sent?.headers['x-tenant'], 't');
  });

  it('sends the body with an idempotency key, and resolves to undefined without a response body', async () => {
    const createInvoice = api().post('/invoices');
    const nothing: undefined = await createInvoice({ body: { kind: 'a' } }, { idempotencyKey: 'k' });
    assert.equal(nothing, undefined);
    assert.deepEqual(fake.requests.at(-1)?.body, { kind: 'a' });
    assert.equal(fake.requests.at(-1)?.headers['idempotency-key'], 'k');
  });

  it('repeats a GET, and a POST only with an idempotency key', async () => {
    const callsOf = async (call: () => Promise<unknown>) => {
      const before = fake.requests.length;
      await assert.rejects(call, UnavailableError);
      return fake.requests.length - before;
    };
    fake.answer('GET /rates/:country', { status: 503 });
    fake.answer('POST /invoices', { status: 503 });
    const { get, post } = api();
    const counts = [
      await callsOf(() => get('/rates/{country}')({ path: { country: 'DE' } })),
      await callsOf(() => post('/invoices')({ body: { kind: 'a' } })),
      await callsOf(() => post('/invoices')({ body: { kind: 'a' } }, { idempotencyKey: 'k' })),
    ];
    assert.deepEqual(counts, [2, 1, 2]);
  });

  it('rejects with an HttpResponseError for a status that is not 2xx', async () => {
    fake.answer('GET /rates/:country', { status: 404, body: { code: 'unknown' } });
    await assert.rejects(api().get('/rates/{country}')({ path: { country: 'DE' } }), HttpResponseError);
  });

  it('rejects a missing or empty segment, and an object in the query', async () => {
    const getRate = api().get('/rates/{country}');
    await assert.rejects(getRate({ path: {} as { country: string } }), /country of the path .* is missing/);
    await assert.rejects(getRate({ path: { country: '..' } }), /is not a segment/);
    await assert.rejects(
      getRate({ path: { country: 'DE' }, query: { filter: { a: 'b' } } }),
      /the query parameter filter is an object/,
    );
  });

  it('compiles only with the paths, the methods and the input of the document', () => {
    const { get, post } = api();
    // @ts-expect-error: the document has no such path
    get('/unknown');
    // @ts-expect-error: the path has no such method
    post('/rates/{country}');
    const calls = [
      // @ts-expect-error: the path parameter is required
      () => get('/rates/{country}')({}),
      // @ts-expect-error: the body is required
      () => post('/invoices')(),
      // @ts-expect-error: the value is not one of the enum
      () => post('/invoices')({ body: { kind: 'c' } }),
      // @ts-expect-error: the operation has no query
      () => post('/invoices')({ body: { kind: 'a' }, query: { at: 'x' } }),
    ];
    assert.equal(calls.length, 4);
  });
});
