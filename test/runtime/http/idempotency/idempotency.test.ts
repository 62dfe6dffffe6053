import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { pino } from 'pino';
import { waitFor } from '../../../../src/devkit/testing/wait-for.ts';
import { ConflictError } from 'microservice-runtime';
import { createAnswerPruner } from '../../../../src/runtime/http/idempotency/pruner.ts';
import {
  LARGEST_STORED_BODY,
  pruneAnswers,
  storeAnswer,
} from '../../../../src/runtime/http/idempotency/stored-answers.ts';
import { createOrderWorld, type OrderWorld } from './order-world.ts';

const order = { total: 5 };
const detailOf = (text: string): string => (JSON.parse(text) as { detail: string }).detail;

/** A handler that waits until `open` is called. */
function gate() {
  const events = new EventEmitter();
  const [reached, opened] = [once(events, 'reached'), once(events, 'open')];
  return {
    reached,
    open: () => void events.emit('open'),
    wait: async () => {
      events.emit('reached');
      await opened;
    },
  };
}

describe('a POST with an Idempotency-Key', () => {
  let world: OrderWorld;
  before(async function () {
    this.timeout(60_000);
    world = await createOrderWorld();
  });
  after(() => world?.close());
  beforeEach(() => world.reset());

  const postKeyed = (key: string, body: unknown = order) => world.post(body, { key });

  it('takes effect once, and gets the stored answer again, from any replica', async () => {
    const key = randomUUID();
    const first = await world.post(order, { key });
    const second = await world.post(order, { key, replica: 1 });
    assert.equal(first.status, 201);
    assert.deepEqual([second.status, second.text], [first.status, first.text]);
    for (const name of ['location', 'etag', 'content-type'])
      assert.equal(second.headers.get(name), first.headers.get(name), name);
    assert.equal(first.headers.get('idempotency-replayed'), null);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    assert.deepEqual(await world.counts(), [1, 1, 1]);
  });

  it('keeps its own request id and security headers in a replay', async () => {
    const key = randomUUID();
    const first = await world.post(order, { key });
    const second = await world.post(order, { key });
    assert.notEqual(second.headers.get('x-request-id'), first.headers.get('x-request-id'));
    assert.equal(second.headers.get('x-content-type-options'), 'nosniff');
  });

  it('is the same request in any order of its fields, with the key in quotes or without', async () => {
    const first = await world.post({ total: 1, note: 'a' }, { key: '"order-1"' });
    const second = await world.post({ note: 'a', total: 1 }, { key: 'order-1' });
    assert.equal(second.text, first.text);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
  });

  it('answers 422 if the key was used with another body, and changes nothing', async () => {
    const first = await postKeyed('order-1');
    const other = await postKeyed('order-1', { total: 6 });
    assert.deepEqual([first.status, other.status], [201, 422]);
    assert.match(detailOf(other.text), /was used with another request/);
    assert.equal(other.headers.get('content-type'), 'application/problem+json');
    assert.equal((await world.post(order, { key: 'order-1', path: '?copy=1' })).status, 422);
    assert.deepEqual(await world.counts(), [1, 1, 1]);
  });

  it('answers 409 with Retry-After at once while an equal request runs, and holds no connection', async () => {
    const { reached, open, wait } = gate();
    world.during = wait;
    const first = postKeyed('order-1');
    await reached;
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, replica) => world.post(order, { key: 'order-1', replica })),
    );
    assert.deepEqual([...new Set(others.map(({ status }) => status))], [409]);
    assert.deepEqual([...new Set(others.map(({ headers }) => headers.get('retry-after')))], ['1']);
    assert.match(detailOf(others[0]?.text ?? ''), /is in progress/);
    world.during = () => undefined;
    assert.equal((await postKeyed('order-2')).status, 201, 'another key waits');
    open();
    assert.equal((await first).status, 201);
    assert.equal((await postKeyed('order-1')).text, (await first).text);
    assert.deepEqual(await world.counts(), [2, 2, 2]);
  });

  it('stores no refusal: it rolls back, and an equal request is handled again', async () => {
    world.during = () => {
      throw new ConflictError('sold out');
    };
    const refused = await postKeyed('order-1');
    assert.deepEqual([refused.status, detailOf(refused.text)], [409, 'sold out']);
    assert.equal(refused.headers.get('retry-after'), null);
    world.during = () => {
      throw new Error('a defect');
    };
    const failed = await postKeyed('order-1');
    assert.equal(failed.status, 500);
    assert.deepEqual([failed.headers.get('location'), failed.headers.get('etag')], [null, null]);
    assert.deepEqual(await world.counts(), [0, 0, 0]);
    world.during = () => undefined;
    const done = await postKeyed('order-1');
    assert.deepEqual([done.status, done.headers.get('idempotency-replayed')], [201, null]);
    assert.deepEqual(await world.counts(), [1, 1, 1]);
  });

  it('stores no refusal that the handler sends itself, and rolls back', async () => {
    world.during = () => 409;
    const refused = await postKeyed('order-1');
    assert.deepEqual([refused.status, refused.text, await world.counts()], [409, '{}', [0, 0, 0]]);
    world.during = () => undefined;
    assert.equal((await postKeyed('order-1')).status, 201);
  });

  it('stores no cookie', async () => {
    const first = await postKeyed('order-1', { total: 1, note: 'cookie' });
    const second = await postKeyed('order-1', { total: 1, note: 'cookie' });
    assert.equal(first.headers.get('set-cookie'), 'session=4711');
    assert.deepEqual([second.text, second.headers.get('set-cookie')], [first.text, null]);
  });

  it('stores an answer of 1 MiB, and fails without a change if it is larger', async () => {
    world.during = () => 'x'.repeat(LARGEST_STORED_BODY);
    const first = await postKeyed('order-1');
    assert.equal((await postKeyed('order-1')).text, first.text);
    assert.equal(first.text.length, LARGEST_STORED_BODY);
    world.during = () => 'x'.repeat(LARGEST_STORED_BODY + 1);
    assert.equal((await postKeyed('order-2')).status, 500);
    assert.deepEqual(await world.counts(), [1, 1, 1]);
    const logged = JSON.stringify(world.replicas.flatMap(({ lines }) => lines));
    assert.match(logged, /an answer of 1048577 bytes cannot be stored for its idempotency key/);
    assert.equal((await world.post(order)).status, 201, 'a request without a key has no limit');
  });

  it('stores one answer, also if another transaction was faster', async () => {
    const identity = { id: randomBytes(32), fingerprint: randomBytes(32) };
    const answer = { status: 201, headers: {}, body: Buffer.from('first') };
    const store = (body: string) =>
      world.database.transaction((trx) => storeAnswer(trx, identity, { ...answer, body: Buffer.from(body) }));
    assert.deepEqual([await store('first'), await store('second')], [true, false]);
    assert.equal(String((await world.database('idempotency_keys').first()).body), 'first');
  });

  for (const table of ['idempotency_keys', 'event_outbox'])
    it(`changes nothing if its row of ${table} cannot be saved`, async () => {
      await world.database.raw(`alter table ${table} add constraint broken check (false) not valid`);
      try {
        const { status, headers } = await postKeyed('order-1');
        assert.deepEqual([status, headers.get('location')], [400, null]);
      } finally {
        await world.database.raw(`alter table ${table} drop constraint broken`);
      }
      assert.deepEqual(await world.counts(), [0, 0, 0]);
    });

  it('stores no answer and no event when COMMIT fails', async () => {
    world.during = async (trx) => {
      await trx?.raw(
        'create temporary table late (id int primary key deferrable initially deferred) on commit drop',
      );
      await trx?.raw('insert into late values (1), (1)');
    };
    assert.equal((await postKeyed('order-1')).status, 409);
    assert.deepEqual(await world.counts(), [0, 0, 0]);
  });

  it('belongs to its caller: another subject or issuer with the same key makes its own request', async () => {
    const callers = ['login~ada', 'login~eve', 'other~ada'];
    const ids = [];
    for (const token of callers) {
      const { status, text, headers } = await world.post(order, { key: 'order-1', token });
      assert.deepEqual([status, headers.get('idempotency-replayed')], [201, null]);
      ids.push(text);
    }
    assert.equal(new Set(ids).size, callers.length);
    assert.equal((await world.post({ total: 9 }, { key: 'order-1', token: 'new~caller' })).status, 201);
  });

  it('belongs to its route: the same key at another route is another request', async () => {
    assert.equal((await postKeyed('order-1')).status, 201);
    const { status, headers } = await world.post(order, { key: 'order-1', path: '/keyed' });
    assert.deepEqual([status, headers.get('idempotency-replayed')], [201, null]);
  });

  it('is refused before the stored answer is read if the caller has no access', async () => {
    await postKeyed('order-1');
    const { status, text } = await world.post(order, { key: 'order-1', token: 'revoked~ada' });
    assert.equal(status, 401);
    assert.doesNotMatch(text, /total/);
  });

  it('stores no secret of the request, and not the key, also not in the event', async () => {
    await postKeyed('key-of-ada-91', { total: 1, pin: 'pin-4711' });
    const stored = await world.database('idempotency_keys').first();
    const event = await world.database('event_outbox').first();
    const { body, headers, ...others } = stored;
    const texts = [
      String(body),
      JSON.stringify(headers),
      JSON.stringify(event),
      others.id.toString('latin1'),
    ];
    assert.match(String(body), /"total":1/);
    assert.doesNotMatch(texts.join('\n') + others.fingerprint.toString('latin1'), /4711|key-of-ada/);
    assert.doesNotMatch(JSON.stringify(world.replicas.flatMap(({ lines }) => lines)), /4711|key-of-ada/);
  });

  it('has a fingerprint that depends on IDEMPOTENCY_SECRET', async () => {
    const { requestIdentity } = await import('../../../../src/runtime/http/idempotency/request-identity.ts');
    const request = { method: 'POST', originalUrl: '/v1/orders', body: { pin: '4711' } };
    const of = (secret: string) => requestIdentity(request, { route: 'POST /v1/orders', key: 'k', secret });
    assert.notDeepEqual(of('one').fingerprint, of('two').fingerprint);
    assert.deepEqual(of('one').fingerprint, of('one').fingerprint);
    assert.deepEqual(of('one').id, of('two').id, 'a new secret must not make an old request new');
  });

  it('is handled again after 24 hours, also if its old answer is not deleted yet', async () => {
    const first = await postKeyed('order-1');
    await world
      .database('idempotency_keys')
      .update({ created_at: world.database.raw("now() - interval '24 h'") });
    const second = await postKeyed('order-1', { total: 6 });
    assert.deepEqual([second.status, second.headers.get('idempotency-replayed')], [201, null]);
    assert.notEqual(second.text, first.text);
    assert.equal((await postKeyed('order-1', { total: 6 })).text, second.text);
    assert.deepEqual(await world.counts(), [2, 2, 1]);
  });

  it('is deleted once it is 24 hours old', async () => {
    await postKeyed('old');
    await world
      .database('idempotency_keys')
      .update({ created_at: world.database.raw("now() - interval '24 h'") });
    await postKeyed('new');
    assert.equal(await pruneAnswers(world.database, () => false), 1);
    assert.equal((await postKeyed('new')).headers.get('idempotency-replayed'), 'true');

    await world
      .database('idempotency_keys')
      .update({ created_at: world.database.raw("now() - interval '25 h'") });
    const logger = pino({ level: 'silent' });
    const delays = { first: 0, next: 60_000, failed: 60_000 };
    const pruner = createAnswerPruner({ database: world.database, logger, delays });
    await pruner.start();
    await waitFor(async () => (await world.counts())[2] === 0);
    await pruner.stop();
  });

  it('takes effect once if its client disconnects before the answer', async () => {
    const { reached, open, wait } = gate();
    world.during = wait;
    const [replica] = world.replicas;
    const req = httpRequest(new URL('/v1/orders', replica?.server.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer login~ada',
        'idempotency-key': 'k',
      },
    });
    req.on('error', () => undefined);
    req.end(JSON.stringify(order));
    await reached;
    req.destroy();
    await new Promise((resolve) => req.once('close', resolve));
    world.during = () => undefined;
    await waitFor(async () => (await postKeyed('k')).status === 201);
    open();
    assert.deepEqual(await world.counts(), [1, 1, 1]);
  });

  describe('or without it', () => {
    it('is handled each time on a route where the key is optional', async () => {
      let transactions = 0;
      world.during = (trx) => void (transactions += trx ? 1 : 0);
      assert.deepEqual([(await world.post(order)).status, (await world.post(order)).status], [201, 201]);
      assert.deepEqual(await world.counts(), [2, 2, 0]);
      assert.equal(transactions, 0);
    });

    it('gets 400 on a route that requires it', async () => {
      const { status, text } = await world.post(order, { path: '/keyed' });
      assert.equal(status, 400);
      assert.match(text, /"field":"headers.idempotency-key","message":"is required"/);
      assert.deepEqual(await world.counts(), [0, 0, 0]);
    });
  });

  const malformed = [
    '""',
    '"a',
    'a"b',
    '"a";v=1',
    'a, b',
    '"a", "b"',
    'a b',
    `"${'x'.repeat(256)}"`,
    'x'.repeat(256),
  ];
  for (const key of [...malformed, '"\\x"', 'é'])
    it(`gets 400 for the malformed key ${key.slice(0, 12)}`, async () => {
      const { status, text } = await postKeyed(key);
      assert.deepEqual([status, (await world.counts())[0]], [400, 0]);
      assert.match(text, /"field":"headers.idempotency-key"/);
    });

  for (const key of [
    '8e03978e-40d5-43dd-bc93-6894a57f9324',
    '"a b, \\"c\\" \\\\"',
    'order/1',
    'x'.repeat(255),
  ])
    it(`accepts the key ${key.slice(0, 40)}`, async () => assert.equal((await postKeyed(key)).status, 201));
});
