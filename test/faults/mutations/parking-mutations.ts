import type { Mutation } from './mutation.ts';

const parkedTests = 'runtime/events/consumer-parked.test.ts';
const batchTests = 'runtime/events/parked-batch.test.ts';
const retryTests = 'runtime/events/consumer-errors.test.ts';
const instantOfEnd = {
  file: 'faults/properties/parked-queue.test.ts',
  title: 'lose no event that arrives while a key is released',
};
const anyOrder = {
  file: 'faults/properties/parked-queue.test.ts',
  title: 'are each handled once or dropped, in the order of their key',
};

/** How events that fail wait, and are tried again. */
export const parkingMutations: readonly Mutation[] = [
  {
    name: 'park without queueing the key',
    mechanism: 'Events wait behind a parked event of their key.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (waiting.size > 0 && waiting.has(keyTextOf(message))) parked.push(message);',
        replace: 'if (verdict?.offset === offset) parked.push(message);',
      },
    ],
    noticedBy: anyOrder,
  },
  {
    name: 'parked events without their position',
    mechanism: 'An event moves to event_parked in the transaction that moves the position past it.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'await appendParked(trx, options.of, parked);',
        replace: 'await options.database.transaction((own) => appendParked(own, options.of, parked));',
      },
    ],
    noticedBy: anyOrder,
  },
  {
    name: 'dead letter that does not block its key',
    mechanism: 'Events wait behind a dead letter of their key until an operator redrives or drops it.',
    changes: [
      {
        file: 'events/parking/park.ts',
        find: 'where consumer_group = ? and topic = ? and key = any (?::text[])',
        replace: `where consumer_group = ? and topic = ? and key = any (?::text[]) and state <> 'dead'`,
      },
    ],
    noticedBy: {
      file: 'faults/properties/parked-queue.test.ts',
      title: 'wait behind a dead letter, however often they are checked',
    },
  },
  {
    name: 'parked keys without a lock',
    mechanism: 'One replica at a time tries the events of a parked key.',
    changes: [
      {
        file: 'events/parking/queue.ts',
        find: `order by next_try_at limit 1
  for no key update skip locked`,
        replace: 'order by next_try_at limit 1',
      },
    ],
    noticedBy: {
      file: 'runtime/events/parked-runner.test.ts',
      title: 'is handled by exactly one of many replicas, each event once',
      timeout: 30_000,
    },
  },
  {
    name: 'append without a lock',
    mechanism: 'A parked key is not removed while an event is being appended to it.',
    changes: [
      { file: 'events/parking/park.ts', find: 'order by key for key share', replace: 'order by key' },
    ],
    noticedBy: {
      file: 'runtime/events/parked-runner.test.ts',
      title: 'loses no event that is appended at the moment when its last event is handled',
      timeout: 10_000,
    },
  },
  {
    name: 'the default isolation of the database',
    mechanism: "The bus uses read committed, whatever the database's default isolation level.",
    changes: [
      { file: 'database/transaction-failure.ts', find: `{ isolationLevel: 'read committed' },`, replace: '' },
    ],
    noticedBy: {
      file: 'runtime/events/isolation.test.ts',
      title: 'gets every change of the bus in a READ COMMITTED transaction',
    },
  },
  {
    name: 'a key is removed without a second check',
    mechanism: 'A parked key is removed only after a second check for waiting events.',
    changes: [
      {
        file: 'events/parking/queue.ts',
        find: 'delete from event_parked_keys where ${where} and not exists (select from event_parked where ${where})',
        replace: 'delete from event_parked_keys where ${where} and (?, ?, ?) is not null',
      },
    ],
    noticedBy: instantOfEnd,
  },
  {
    name: 'a parked event is deleted before it is handled',
    mechanism: 'The effects of a parked event and the deletion of its row share one transaction.',
    changes: [
      {
        file: 'events/retry/attempt.ts',
        find: 'await removeParked(trx, next.events.slice(0, part.handled.length));',
        replace: 'await removeParked(trx, next.events);',
      },
    ],
    noticedBy: anyOrder,
  },
  {
    name: 'a failed batch of parked events counts as handled',
    mechanism: 'If a batch of parked events fails, it is rolled back, and each event is handled alone.',
    changes: [
      {
        file: 'events/retry/savepoint.ts',
        find: 'if (await isUsable(trx)) return undefined;',
        replace: 'if (await isUsable(trx)) return handled;',
      },
    ],
    noticedBy: {
      file: batchTests,
      title: 'before a failing event are handled, and the failing event reaches its handler twice',
    },
  },
  {
    name: 'a batch of parked events is not rolled back',
    mechanism: 'A parked event that catches the error of a statement fails, and no other event is blamed.',
    changes: [
      {
        file: 'events/retry/savepoint.ts',
        find: "await trx.raw('rollback to savepoint parked_events').catch(() => {});",
        replace: '',
      },
    ],
    noticedBy: {
      file: batchTests,
      title: 'after an event that catches the error of a statement do not count as failed',
    },
  },
  {
    name: 'a batch of parked events without its effects outside of the database',
    mechanism:
      'The effect of a parked event outside of the database happens once, even if a later event fails.',
    changes: [
      {
        file: 'events/retry/savepoint.ts',
        find: 'events.length > 1 && isRepeatable && (',
        replace: 'events.length > 1 && (',
      },
    ],
    noticedBy: {
      file: batchTests,
      title: 'have an effect outside of the database once, even if a later event fails',
    },
  },
  {
    name: 'a parked event that is too large for a batch is skipped',
    mechanism: 'Parked events are read in batches of limited size, without a gap.',
    changes: [
      {
        file: 'events/parking/queue.ts',
        find: '(place = 1 or total <= ?)',
        replace: 'bytes <= ?',
      },
    ],
    noticedBy: {
      file: batchTests,
      title: 'are read at most 4 MiB at a time, a larger event alone, and all in order',
    },
  },
  {
    name: 'a copy with only the first batch of dropped events',
    mechanism: 'The command drop --json prints every event that it deletes.',
    changes: [{ file: 'events/operations/change-parked.ts', find: 'if (excerpt) break;', replace: 'break;' }],
    noticedBy: {
      file: 'runtime/commands/parked.test.ts',
      title: 'prints the first 100 of many events, and all of them for programs',
    },
  },
  {
    name: 'no limit on parked keys',
    mechanism: 'A partition waits when too many keys are parked.',
    changes: [
      {
        file: 'events/parking/park.ts',
        find: 'where (select count(*) from event_parked_keys where consumer_group = ?) < ?',
        replace: 'where (select count(*) from event_parked_keys where consumer_group = ?) < ? + 1000000',
      },
    ],
    noticedBy: anyOrder,
  },
  {
    name: 'an outage counts as a failure',
    mechanism: 'An unavailable dependency of a handler pauses the partition, and nothing is parked.',
    changes: [
      {
        file: 'events/handling/retry-policy.ts',
        find: "if (kind === 'unreachable') {",
        replace: "if (kind === 'unreachable' && batchSize < 0) {",
      },
    ],
    noticedBy: {
      file: parkedTests,
      title: 'because a dependency is unavailable pauses the partition and parks nothing',
    },
  },
  {
    name: 'an unknown version counts as unreadable',
    mechanism: 'An event of an unknown version waits for a release that knows the version.',
    changes: [
      {
        file: 'events/handling/failure.ts',
        find: `if (reading && error instanceof UnknownVersionError) return 'unknown version';`,
        replace: '',
      },
    ],
    noticedBy: { file: parkedTests, title: 'of an unknown version waits for a release that can read it' },
  },
  {
    name: 'no limit on tries',
    mechanism: 'An event that reaches the maximum number of tries becomes a dead letter.',
    changes: [
      {
        file: 'events/handling/retry-policy.ts',
        find: '|| attempts >= parkedTries;',
        replace: '|| attempts < 0 * parkedTries;',
      },
    ],
    noticedBy: {
      file: parkedTests,
      title: 'is a dead letter at the limit, still blocks its key, and is logged',
    },
  },
  {
    name: 'no limit on tries in place',
    mechanism: 'Failing events block a partition for at most 0.5 s in every 5 s.',
    changes: [
      { file: 'events/handling/retry-policy.ts', find: 'if (left < wait + took) return false;', replace: '' },
    ],
    noticedBy: {
      file: retryTests,
      title: 'blocks a partition for at most 500 ms in 5 s, however many events fail',
    },
  },
  {
    name: 'a conflict counts as a failure',
    mechanism: 'A deadlock or a serialization failure is retried at once, and is not an error.',
    changes: [
      {
        file: 'events/handling/retry-policy.ts',
        find: 'conflicts < CONFLICTS',
        replace: 'conflicts < 0 * CONFLICTS',
      },
    ],
    noticedBy: {
      file: retryTests,
      title: 'retries a conflict ten times at once, and then treats it as a failure',
    },
  },
];
