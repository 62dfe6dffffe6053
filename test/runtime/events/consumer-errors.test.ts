import assert, { AssertionError } from 'node:assert/strict';
import { UnavailableError } from '../../../src/runtime/errors.ts';
import { CloudEventError } from '../../../src/runtime/events/event/cloud-events.ts';
import {
  EventFailure,
  EventRunFailure,
  HandlerTimeoutError,
  kindOf,
  type FailureKind,
} from '../../../src/runtime/events/handling/failure.ts';
import { createRetry } from '../../../src/runtime/events/handling/retry-policy.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { EventDataError, UnknownVersionError } from '../../../src/runtime/events/event/data.ts';

const coded = (code: string): Error => Object.assign(new Error(`it says ${code}`), { code });

describe('the kind of an error', () => {
  const refused = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
  const selfCaused = new Error('in a circle');
  selfCaused.cause = selfCaused;
  const cases: Record<string, [unknown, string]> = {
    'a deadlock': [coded('40P01'), 'conflict'],
    'a serialization failure': [coded('40001'), 'conflict'],
    'a refused connection': [coded('ECONNREFUSED'), 'unreachable'],
    'a name that is not known': [coded('EAI_AGAIN'), 'unreachable'],
    'an open circuit breaker': [coded('EOPENBREAKER'), 'unreachable'],
    'a server that shuts down': [coded('57P01'), 'unreachable'],
    'a standby that takes no writes yet': [coded('25006'), 'unreachable'],
    'a full disk': [coded('53100'), 'unreachable'],
    'a fetch to nobody': [new TypeError('fetch failed', { cause: refused }), 'unreachable'],
    'a fetch that takes too long to connect': [
      new TypeError('fetch failed', { cause: coded('UND_ERR_CONNECT_TIMEOUT') }),
      'unreachable',
    ],
    'what the service calls unavailable': [
      new Error('no mail', { cause: new UnavailableError('smtp is down') }),
      'unreachable',
    ],
    'a pool without a free connection': [
      new Error('Knex: Timeout acquiring a connection. The pool is probably full.'),
      'unreachable',
    ],
    'a lost connection': [new Error('ROLLBACK - Connection terminated unexpectedly'), 'unreachable'],
    'a fetch of nonsense': [new TypeError('fetch failed', { cause: new Error('unknown scheme') }), 'bug'],
    'a TypeError': [new TypeError('undefined is not a function'), 'bug'],
    'a failed assertion': [new AssertionError({ message: 'no' }), 'bug'],
    'data that a handler publishes and must not': [new EventDataError('no'), 'bug'],
    'a deadline': [new HandlerTimeoutError(10), 'timeout'],
    'a statement that was cancelled': [coded('57014'), 'timeout'],
    'a handler that blocked until its connection was ended': [
      new HandlerTimeoutError(10, { cause: coded('57P01') }),
      'timeout',
    ],
    'a broken constraint': [coded('23505'), 'failure'],
    'an error of the service': [new Error('no'), 'failure'],
    'an error that causes itself': [selfCaused, 'failure'],
    'what is no error': ['no', 'failure'],
  };
  for (const [what, [error, kind]] of Object.entries(cases)) {
    it(`classifies ${what} as ${kind}`, () => assert.equal(kindOf(error), kind));
  }

  it('distinguishes unreadable events from events that another release can read', () => {
    const reading = { reading: true };
    assert.equal(kindOf(new EventDataError('no'), reading), 'unreadable');
    assert.equal(kindOf(new CloudEventError('no'), reading), 'unreadable');
    assert.equal(kindOf(new UnknownVersionError('no'), reading), 'unknown version');
    assert.equal(kindOf(new TypeError('in an upcast'), reading), 'bug');
  });
});

describe('the retry policy', () => {
  const settings = defaultSettings({
    databasePoolMax: 10,
    shutdownTimeout: 10_000,
    databaseUrl: '',
    databaseDirectUrl: '',
  });
  const fails = (offset: number, took = 0): EventFailure =>
    new EventFailure('x', { offset, took, kind: 'failure', cause: new Error('no') });

  it('tries an event in place, and then parks it', () => {
    const retry = createRetry(settings, () => 0);
    assert.deepEqual(retry.next(fails(7), 200), { how: 'in place', offset: 7, wait: 50, attempts: 1 });
    retry.passed(7);
    assert.deepEqual(retry.next(fails(7), 200), { how: 'in place', offset: 7, wait: 200, attempts: 2 });
    const last = retry.next(fails(7), 200);
    assert.ok(last.how === 'park' && last.verdict.reason === 'failure' && last.verdict.attempts === 3);
    assert.ok((last.verdict.nextTryIn ?? 0) >= 800);
  });

  it('handles the events of a failed batch one by one, unless a dependency does not answer', () => {
    const retry = createRetry(settings, () => 0);
    const run = (kind: FailureKind, cause: Error): EventRunFailure =>
      new EventRunFailure('5 events', new EventFailure('one', { offset: 7, kind, cause }));
    assert.equal(retry.next(run('bug', new TypeError('x')), 5).how, 'one by one');
    // a handler that blocks the process finds its connection ended
    const tooLong = new HandlerTimeoutError(30_000, { cause: coded('57P01') });
    assert.equal(retry.next(run('timeout', tooLong), 5).how, 'one by one');
    assert.equal(retry.next(run('unreachable', coded('ECONNREFUSED')), 5).how, 'after the outage');
    assert.equal(retry.next(run('conflict', coded('40P01')), 5).how, 'at once');
  });

  it('blocks a partition for at most 500 ms in 5 s, however many events fail', () => {
    let now = 0;
    const retry = createRetry(settings, () => now);
    const outcomes = Array.from({ length: 12 }, (_, offset) => retry.next(fails(offset), 1).how);
    assert.equal(outcomes.filter((how) => how === 'in place').length, 10);
    assert.deepEqual(outcomes.slice(-2), ['park', 'park']);
    now = 2_000;
    assert.equal(retry.next(fails(20), 1).how, 'in place');
  });

  it('counts the time of retries in place, their transactions included', () => {
    let now = 0;
    const retry = createRetry(settings, () => now);
    const outcomes = Array.from({ length: 5 }, (_, offset) => {
      const { how } = retry.next(fails(offset), 1);
      now += 250;
      retry.passed(offset + 1);
      return how;
    });
    assert.deepEqual(outcomes, ['in place', 'in place', 'in place', 'park', 'park']);
  });

  it('does not retry a slow handler in place', () => {
    assert.equal(createRetry(settings, () => 0).next(fails(1, 400), 1).how, 'park');
  });

  it('retries a conflict ten times at once, and then treats it as a failure', () => {
    const retry = createRetry(settings, () => 0);
    const outcomes = Array.from({ length: 11 }, () => retry.next(coded('40P01'), 1).how);
    assert.deepEqual(new Set(outcomes.slice(0, 10)), new Set(['at once']));
    assert.equal(outcomes[10], 'hold');
  });
});
