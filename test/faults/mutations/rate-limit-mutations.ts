import type { Mutation } from './mutation.ts';

const routes = 'runtime/rate-limit/route-rate-limit.test.ts';
const limiter = 'runtime/rate-limit/postgres-rate-limiter.test.ts';

/** The promises about rate limits. */
export const rateLimitMutations: readonly Mutation[] = [
  {
    name: 'each replica counts alone',
    mechanism: 'Replicas share one limit.',
    changes: [
      {
        file: 'rate-limit/window-counters.ts',
        find: "import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';",
        replace:
          "import { RateLimiterMemory as RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';",
      },
      {
        file: 'rate-limit/window-counters.ts',
        find: 'limiter.deleteInMemoryBlockedAll();',
        replace: '',
      },
    ],
    noticedBy: { file: routes, title: 'is shared by two replicas, also for requests at the same time' },
  },
  {
    name: 'failed authentications are free',
    mechanism: 'A request without a valid token counts for its address and for no principal.',
    changes: [
      {
        file: 'http/rate-limit/rate-limit-check.ts',
        find: 'return [failed, admitted];',
        replace: 'return [admitted];',
      },
    ],
    noticedBy: {
      file: routes,
      title: 'counts a request without a valid token for its address, and never for a principal',
    },
  },
  {
    name: 'all principals share a limit',
    mechanism: 'Each route, subject and issuer has a limit of its own.',
    changes: [
      {
        file: 'http/rate-limit/rate-limit-check.ts',
        find: 'parts: [principal.issuer, principal.subject]',
        replace: 'parts: [principal.issuer]',
      },
    ],
    noticedBy: { file: routes, title: 'counts each route, each subject and each issuer on its own' },
  },
  {
    name: 'the limit is checked after the body',
    mechanism: 'A request over the limit is refused before its body is read.',
    changes: [
      {
        file: 'http/api-router.ts',
        find: '      if (route.rateLimit) entry[method](...rateLimitChecks(operation));\n',
        replace: '',
      },
      {
        file: 'http/api-router.ts',
        find: '      if (route.etag) entry[method](withEntityTag);',
        replace:
          '      if (route.rateLimit) entry[method](...rateLimitChecks(operation));\n      if (route.etag) entry[method](withEntityTag);',
      },
    ],
    noticedBy: { file: routes, title: 'is checked before the body is read' },
  },
  {
    name: 'an outage refuses requests',
    mechanism: 'While PostgreSQL is away, a limit admits requests and counts them in a metric.',
    changes: [
      {
        file: 'rate-limit/postgres-rate-limiter.ts',
        find: '        return undefined;',
        replace: '        throw error;',
      },
    ],
    noticedBy: {
      file: limiter,
      title: 'admits requests while PostgreSQL is away, in a metric, and limits them again afterwards',
    },
  },
  {
    name: 'a request waits for its count',
    mechanism: 'A request waits at most a second for its count.',
    changes: [
      {
        file: 'rate-limit/postgres-rate-limiter.ts',
        find: 'return await withDeadline(work, patience, () => late(patience));',
        replace: 'return await work;',
      },
    ],
    noticedBy: {
      file: limiter,
      title: 'admits a request if PostgreSQL does not answer in time, and logs one line per minute',
      timeout: 10_000,
    },
  },
  {
    name: 'a request whose client is gone is free',
    mechanism: 'A request counts although its client disconnects.',
    changes: [
      {
        file: 'rate-limit/postgres-rate-limiter.ts',
        find: 'runWithoutContext(() => count(key, rateLimit))',
        replace: 'count(key, rateLimit)',
      },
    ],
    noticedBy: { file: limiter, title: 'counts a request whose client is gone' },
  },
  {
    name: 'each refused request costs a statement',
    mechanism: 'A caller over its limit costs no statement.',
    changes: [
      {
        file: 'rate-limit/window-counters.ts',
        find: '    inMemoryBlockOnConsumed: limit,\n',
        replace: '',
      },
    ],
    noticedBy: { file: limiter, title: 'refuses a caller over the limit without a statement' },
  },
  {
    name: 'every caller over its limit stays in memory',
    mechanism: 'The memory of a limit is bounded.',
    changes: [
      {
        file: 'rate-limit/window-counters.ts',
        find: 'limiter.deleteInMemoryBlockedAll();',
        replace: '',
      },
    ],
    noticedBy: {
      file: limiter,
      title: 'remembers a limited number of callers over the limit, and refuses the forgotten ones too',
    },
  },
  {
    name: 'the limiter prepares statements',
    mechanism: 'A rate limit works behind a pooler.',
    changes: [
      {
        file: 'rate-limit/store.ts',
        find: 'async query({ text, values }:',
        replace: 'async query({ text, values, name }:',
      },
      {
        file: 'rate-limit/store.ts',
        find: 'connection.query({ text, values }))',
        replace: 'connection.query(Object.assign({ text, values }, { name })))',
      },
    ],
    noticedBy: { file: limiter, title: 'prepares no statement, so a pooler can be used' },
  },
  {
    name: 'a conflict counts as an outage',
    mechanism: 'A limit holds for requests at the same time, at any isolation level.',
    changes: [
      {
        file: 'rate-limit/store.ts',
        find: 'if (!isConflict(error)) throw error;',
        replace: 'throw error;',
      },
    ],
    noticedBy: {
      file: limiter,
      title: 'counts requests at the same time where transactions are serializable by default',
    },
  },
  {
    name: 'old counts stay',
    mechanism: 'A count is deleted an hour after its window.',
    changes: [
      {
        file: 'rate-limit/pruner.ts',
        find: 'while ((await deleteSome(database, now() - GRACE)) === MOST_ROWS);',
        replace: 'await deleteSome(database, now() - GRACE);',
      },
    ],
    noticedBy: { file: limiter, title: 'deletes rows an hour after their windows, at most once in a minute' },
  },
];
