import type { Mutation } from './mutation.ts';

const breaker = 'runtime/client/breaker.test.ts';
const retries = 'runtime/client/retries.test.ts';
const http = 'runtime/client/http-client.test.ts';

/** The promises of the client for external calls. */
export const clientMutations: readonly Mutation[] = [
  {
    name: 'a late probe is forgotten',
    mechanism: 'A half-open breaker opens again when a probe gets no answer, whatever else arrives.',
    changes: [
      {
        file: 'client/http-client.ts',
        find: 'probeTimeout: settings.deadline + settings.attemptTimeout,',
        replace: 'probeTimeout: settings.attemptTimeout,',
      },
    ],
    noticedBy: {
      file: 'runtime/client/breaker.test.ts',
      title: 'opens again when a probe gets no answer, although another call arrives at the end of its time',
    },
  },
  {
    name: 'any number of probes',
    mechanism: 'A half-open breaker sends at most three probes and rejects all other calls at once.',
    changes: [
      { file: 'client/breaker.ts', find: 'return probes.size + passed < PROBES;', replace: 'return true;' },
    ],
    noticedBy: {
      file: breaker,
      title: 'lets three probes through when it is half-open, and rejects all others at once',
    },
  },
  {
    name: 'late ends count',
    mechanism: 'A call that began before the breaker opened does not change its state.',
    changes: [
      {
        file: 'client/breaker.ts',
        find: 'if (permit.period !== period) return;',
        replace: '',
      },
      {
        file: 'client/breaker.ts',
        find: 'else if (probes.delete(permit)) settleProbe',
        replace: 'else settleProbe',
      },
    ],
    noticedBy: { file: breaker, title: 'ignores the late end of a call from before it opened' },
  },
  {
    name: 'retries without a budget',
    mechanism: 'Retries do not multiply the load of a failing API.',
    changes: [{ file: 'client/retries.ts', find: 'if (left < 1) return false;', replace: '' }],
    noticedBy: { file: retries, title: 'are at most a tenth of the calls once the budget is used up' },
  },
  {
    name: 'every method is repeated',
    mechanism: 'A call without an idempotency key is repeated only if its method is idempotent.',
    changes: [
      {
        file: 'client/retries.ts',
        find: 'idempotent.has(method) || idempotencyKey !== undefined;',
        replace: 'idempotent.has(method) || idempotencyKey !== null;',
      },
    ],
    noticedBy: { file: retries, title: 'repeat no', timeout: 5_000 },
  },
  {
    name: 'redirects lead anywhere',
    mechanism: 'A client sends nothing to another origin.',
    changes: [
      {
        file: 'client/exchange.ts',
        find: 'if (to?.origin !== from.origin)',
        replace: 'if (to === undefined)',
      },
    ],
    noticedBy: { file: http, title: 'follows a redirect within its origin, and none to another origin' },
  },
  {
    name: 'the body is outside of the timeout',
    mechanism: 'A call ends within its timeouts, whatever part of the answer is missing.',
    changes: [
      {
        file: 'client/deadlines.ts',
        find: 'over.abort(new TimeoutError(late))',
        replace: 'void new TimeoutError(late)',
      },
    ],
    noticedBy: {
      file: http,
      title: 'rejects with an UnavailableError when the server',
      timeout: 5_000,
    },
  },
  {
    name: 'an open breaker does not say when it ends',
    mechanism: 'A request gets 503 with the time of the next probe while the breaker is open.',
    changes: [{ file: 'client/attempts.ts', find: ' s`, { retryAfter });', replace: ' s`);' }],
    noticedBy: {
      file: 'runtime/client/open-circuit.test.ts',
      title: 'answers 503 with the Retry-After of the API, then with the time of the next probe',
    },
  },
  {
    name: 'an open breaker is a failure of the event',
    mechanism: 'A subscription pauses its partition while the breaker is open, and parks nothing.',
    changes: [
      {
        file: 'client/outcomes.ts',
        find: "class OpenCircuitError extends UnavailableError {\n  override name = 'UnavailableError';",
        replace: "class OpenCircuitError extends UnavailableError {\n  override name = 'OpenCircuitError';",
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-parked.test.ts',
      title: 'because a circuit breaker is open pauses the partition, and a probe ends the pause',
    },
  },
];
