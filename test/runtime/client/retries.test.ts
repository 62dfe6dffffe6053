import assert from 'node:assert/strict';
import { createUpstream, refused, silent, status } from './upstream.ts';

describe('the retries of a client', () => {
  it('repeat a GET twice, with growing random delays', async () => {
    const { upstream, call, requests, clock } = createUpstream({ retries: 2 });
    upstream.answer = refused;
    const result = call();
    await clock.advance(1_000);
    assert.match(await result, /^tax cannot be reached at the moment$/);
    const [first = 0, second = 0, third = 0] = requests.map(({ at }) => at);
    assert.equal(requests.length, 3);
    assert.ok(second - first <= 200 && third - second <= 400, requests.map(({ at }) => at).join());
  });

  for (const method of ['POST', 'PATCH'])
    it(`repeat no ${method}, unless it has an idempotency key`, async () => {
      const { upstream, call, requests, clock } = createUpstream({ retries: 1 });
      upstream.answer = status(503);
      assert.match(await call(method), /not available/);
      assert.equal(requests.length, 1);
      const result = call(method, { idempotencyKey: 'order-1' });
      await clock.advance(1_000);
      await result;
      assert.deepEqual(
        requests.map(({ headers }) => headers.get('idempotency-key')),
        [null, 'order-1', 'order-1'],
      );
    });

  it('repeat no call that got an answer about itself', async () => {
    const { upstream, call, requests } = createUpstream({ retries: 2 });
    upstream.answer = status(404);
    assert.match(await call(), /tax answered GET \/rates with 404/);
    assert.equal(requests.length, 1);
  });

  it('wait as long as Retry-After says, and give up at once if the deadline is earlier', async () => {
    const { upstream, call, requests, clock } = createUpstream({ retries: 2 });
    upstream.answer = status(429, { 'retry-after': '4' });
    const result = call();
    await clock.advance(3_999);
    assert.equal(requests.length, 1);
    await clock.advance(1);
    assert.equal(requests.length, 2);
    upstream.answer = status(200);
    await clock.advance(4_000);
    assert.equal(await result, 'ok');
    upstream.answer = status(503, { 'retry-after': '11' });
    assert.match(await call(), /not available/);
    assert.equal(requests.length, 4);
  });

  it('end with the deadline of the whole call', async () => {
    const { upstream, call, requests, clock } = createUpstream({ retries: 9, deadline: 5_000 });
    upstream.answer = silent;
    const result = call();
    await clock.advance(5_000);
    assert.match(await result, /tax did not answer within [35]000 ms/);
    assert.ok(requests.length <= 2);
    assert.equal(clock.timers(), 0);
  });

  it('are at most a tenth of the calls once the budget is used up', async () => {
    const options = { retries: 1, retryDelay: 0, failureThreshold: 1e9, failureRate: 1, minimumCalls: 1e9 };
    const { upstream, call, requests, clock } = createUpstream(options);
    upstream.answer = status(500);
    for (let n = 0; n < 200; n += 1) {
      const result = call();
      await clock.advance(0);
      await result;
    }
    const retries = requests.length - 200;
    assert.ok(retries >= 10 && retries <= 10 + 20, `${retries} retries`);
  });

  it('end when the breaker opens', async () => {
    const { upstream, call, requests, clock } = createUpstream({ retries: 9, failureThreshold: 3 });
    upstream.answer = refused;
    const result = call();
    await clock.advance(10_000);
    assert.match(await result, /is not called for/);
    assert.equal(requests.length, 3);
  });
});

describe('the limit of concurrent calls of a client', () => {
  it('queues calls in their order, and rejects those that find the queue full', async () => {
    const { upstream, call, requests, clock, settled } = createUpstream({ maxConcurrent: 2, maxQueue: 1 });
    const answers: ((response: Response) => void)[] = [];
    upstream.answer = () => new Promise((resolve) => answers.push(resolve));
    const calls = [call(), call(), call(), call()];
    await settled();
    assert.equal(requests.length, 2);
    assert.equal(await calls[3], 'tax has 2 calls in progress');
    answers[0]?.(new Response());
    await settled();
    assert.equal(requests.length, 3);
    for (const answer of answers) answer(new Response());
    assert.deepEqual(await Promise.all(calls.slice(0, 3)), ['ok', 'ok', 'ok']);
    assert.equal(clock.timers(), 0);
  });

  it('takes a canceled call out of the queue', async () => {
    const { upstream, call, requests, clock } = createUpstream({ maxConcurrent: 1, maxQueue: 1 });
    upstream.answer = silent;
    const first = call();
    const canceling = new AbortController();
    const second = call('GET', { signal: canceling.signal });
    canceling.abort(new Error('enough'));
    assert.equal(await second, 'enough');
    upstream.answer = status(200);
    const third = call();
    await clock.advance(3_000);
    assert.deepEqual(await Promise.all([first, third]), ['tax did not answer within 3000 ms', 'ok']);
    assert.equal(requests.length, 2);
  });
});
