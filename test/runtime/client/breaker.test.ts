import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { UnavailableError } from 'microservice-runtime';
import { Registry } from 'prom-client';
import { createUpstream, refused, silent, status } from './upstream.ts';

const open = /^tax is failing, so it is not called for \d+ s$/;

describe('the circuit breaker of a client', () => {
  it('opens after 5 failures in a row, and rejects calls for 60 s without sending them', async () => {
    const { upstream, call, callTimes, clock } = createUpstream();
    upstream.answer = status(500);
    assert.equal(await callTimes(4), 4);
    upstream.answer = status(200);
    assert.equal(await callTimes(1), 1, 'a success ends the row');
    upstream.answer = refused;
    assert.equal(await callTimes(20), 5);
    await clock.advance(59_999);
    assert.match(await call(), open);
    assert.equal(await callTimes(3), 0);
    await clock.advance(1);
    assert.equal(await callTimes(3), 1, 'the first probe fails');
  });

  it('rejects with an UnavailableError that says when to call again', async () => {
    const { upstream, client, callTimes, clock } = createUpstream();
    upstream.answer = status(503);
    await callTimes(5);
    await clock.advance(12_500);
    await assert.rejects(client.get('/rates'), (error) => {
      assert.ok(error instanceof UnavailableError);
      assert.equal(error.retryAfter, 48);
      return true;
    });
  });

  it('lets three probes through when it is half-open, and rejects all others at once', async () => {
    const { upstream, call, callTimes, requests, clock, settled } = createUpstream();
    upstream.answer = refused;
    await callTimes(5);
    await clock.advance(60_000);
    const waiting: ((response: Response) => void)[] = [];
    upstream.answer = () => new Promise((resolve) => waiting.push(resolve));
    const before = requests.length;
    const results: string[] = [];
    const calls = Array.from({ length: 100 }, async () => results.push(await call()));
    await settled();
    assert.equal(requests.length - before, 3);
    assert.equal(results.length, 97, 'nothing waits for the probes');
    for (const answer of waiting) answer(new Response());
    await Promise.all(calls);
    assert.equal(results.filter((result) => result === 'ok').length, 3);
    upstream.answer = status(200);
    assert.equal(await callTimes(10), 10, 'closed after three successes');
  });

  it('opens again when a probe gets no answer, although another call arrives at the end of its time', async () => {
    const { upstream, call, callTimes, clock, requests } = createUpstream({ attemptTimeout: 3_000 });
    upstream.answer = refused;
    await callTimes(5);
    await clock.advance(60_000);
    upstream.answer = silent;
    const probe = call();
    await setImmediate();
    clock.skip(3_000); // the timer of the probe is late, as under load
    const [before, late] = [requests.length, call()];
    await setImmediate();
    await clock.advance(1);
    await probe;
    assert.ok(requests.length - before <= 1);
    upstream.answer = refused;
    assert.match(await call(), open);
    await clock.advance(3_000);
    await late;
  });

  it('opens again with the first failed probe, for the whole recovery time', async () => {
    const { upstream, callTimes, clock } = createUpstream();
    upstream.answer = refused;
    await callTimes(5);
    await clock.advance(60_000);
    upstream.answer = status(200);
    assert.equal(await callTimes(2), 2);
    upstream.answer = status(502);
    assert.equal(await callTimes(5), 1);
    upstream.answer = status(200);
    await clock.advance(59_999);
    assert.equal(await callTimes(5), 0);
    await clock.advance(1);
    assert.equal(await callTimes(5), 5);
  });

  it('sends a flapping upstream at most 3 probes per recovery time, and recovers each time', async () => {
    const { upstream, call, requests, clock } = createUpstream();
    const isUp = () => Math.floor(clock.now() / 300_000) % 2 === 1; // 5 minutes down, 5 minutes up
    upstream.answer = () => (isUp() ? status(200)() : refused());
    const sent = { down: 0, up: 0, downCalls: 0, upCalls: 0 };
    for (let second = 0; second < 3_600; second += 5) {
      const phase = isUp() ? 'up' : 'down';
      const before = requests.length;
      await Promise.all([call(), call()]);
      sent[phase] += requests.length - before;
      sent[`${phase}Calls`] += 2;
      await clock.advance(5_000);
    }
    // each of the 6 outages: 6 failures (two calls at a time), then two probes at a time every 60 s
    assert.ok(sent.down <= 6 * (6 + 5 * 3), `${sent.down} of ${sent.downCalls} calls were sent while down`);
    assert.ok(sent.up >= (6 * (300 - 75) * 2) / 5, `${sent.up} of ${sent.upCalls} calls were sent while up`);
  });

  it('frees the slot of a probe that never settles', async () => {
    const { upstream, call, callTimes, clock, settled } = createUpstream({ recoveryTimeout: 1_000 });
    upstream.answer = refused;
    await callTimes(5);
    await clock.advance(1_000);
    upstream.answer = silent;
    const probes = [call(), call(), call()];
    await settled();
    assert.match(await call(), open);
    await clock.advance(3_000); // the timeout of an attempt
    assert.match((await Promise.all(probes)).join('\n'), /did not answer within 3000 ms/);
    upstream.answer = status(200);
    assert.equal(await callTimes(1), 0, 'a probe that timed out is a failure');
    await clock.advance(1_000);
    assert.equal(await callTimes(3), 3);
  });

  it('ignores the late end of a call from before it opened', async () => {
    const { upstream, call, callTimes, clock, settled } = createUpstream({ recoveryTimeout: 1_000 });
    let late: (response: Response) => void = () => undefined;
    upstream.answer = () => new Promise((resolve) => (late = resolve));
    const old = call();
    await settled();
    upstream.answer = refused;
    await callTimes(5);
    await clock.advance(1_000);
    upstream.answer = silent;
    const probe = call();
    await settled();
    late(new Response('', { status: 500 }));
    assert.match(await old, /answered GET \/rates with 500/);
    upstream.answer = status(200);
    assert.equal(await callTimes(2), 2, 'still half-open');
    void probe;
  });

  it('opens at half of at least 20 calls in 10 s, and counts slow calls', async () => {
    const { upstream, callTimes, clock } = createUpstream({ slowCall: 1_000, failureThreshold: 100 });
    const slow = async () => {
      const call = callTimes(1);
      await clock.advance(1_001);
      return call;
    };
    const answerLate = () =>
      new Promise<Response>((resolve) => clock.after(1_001, () => resolve(new Response())));
    upstream.answer = status(500);
    assert.equal(await callTimes(19), 19, 'too few calls');
    await clock.advance(11_000);
    upstream.answer = status(200);
    assert.equal(await callTimes(15), 15);
    upstream.answer = answerLate;
    let sent = 0;
    for (let n = 0; n < 9; n += 1) sent += await slow();
    assert.equal(sent, 9, 'the fast calls are leaving the window');
    upstream.answer = status(500);
    assert.ok((await callTimes(30)) < 30);
  });

  it('counts neither 4xx nor a canceled call as a failure', async () => {
    const { upstream, client, callTimes } = createUpstream();
    upstream.answer = status(404);
    assert.equal(await callTimes(30), 30);
    upstream.answer = silent;
    for (let n = 0; n < 10; n += 1) {
      const controller = new AbortController();
      const canceled = client.get('/rates', { signal: controller.signal });
      controller.abort(new Error('enough'));
      await assert.rejects(canceled, /enough/);
    }
    upstream.answer = status(200);
    assert.equal(await callTimes(3), 3);
  });

  it('starts no timer of its own, and leaves none behind', async () => {
    const { upstream, callTimes, clock } = createUpstream();
    upstream.answer = refused;
    await callTimes(10);
    assert.equal(clock.timers(), 0);
  });

  it('shows its state, the outcomes and the calls at the moment in the metrics', async () => {
    const registry = new Registry();
    const { upstream, callTimes, call, clock, settled } = createUpstream({ registry, maxConcurrent: 1 });
    upstream.answer = silent;
    const calls = [call(), call()];
    await settled();
    const before = await registry.metrics();
    assert.match(before, /microservice_client_requests_in_flight\{client="tax"\} 1\n/);
    assert.match(before, /microservice_client_requests_queued\{client="tax"\} 1\n/);
    await clock.advance(10_000);
    await Promise.all(calls);
    upstream.answer = refused;
    await callTimes(6);
    const text = await registry.metrics();
    assert.match(text, /microservice_client_breaker_state\{client="tax"\} 2\n/);
    assert.match(text, /microservice_client_breaker_transitions_total\{client="tax",to="open"\} 1\n/);
    assert.match(text, /microservice_client_requests_total\{client="tax",outcome="open"\} [1-9]/);
    assert.match(text, /microservice_client_requests_total\{client="tax",outcome="timeout"\} 2\n/);
    assert.match(text, /microservice_client_request_seconds_count\{client="tax"\} 8\n/);
  });
});
