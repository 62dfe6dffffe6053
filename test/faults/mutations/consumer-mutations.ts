import type { Mutation } from './mutation.ts';

const twoMembers = {
  file: 'faults/properties/positions.test.ts',
  title:
    'move its position without going back or skipping, and handle each event once, whatever they do when',
};

/** How events get from Kafka to their handlers. */
export const consumerMutations: readonly Mutation[] = [
  {
    name: 'no position compare',
    mechanism: 'A member moves the position from where it believes it to be, or not at all.',
    changes: [
      {
        file: 'inbox.ts',
        find: 'and position = ? and resets = ?',
        replace: 'and ? >= 0 and resets = ?',
      },
    ],
    noticedBy: twoMembers,
  },
  {
    name: 'no reset count',
    mechanism: 'A member that knows the log of before a reset moves nothing.',
    changes: [
      { file: 'inbox.ts', find: 'and position = ? and resets = ?', replace: 'and position = ? and ? >= 0' },
    ],
    noticedBy: twoMembers,
  },
  {
    name: 'no inbox',
    mechanism: 'An event that comes again is passed over.',
    changes: [
      {
        file: 'consumer-batch.ts',
        find: 'const seen = identity && !unseen.delete(identityOf(identity));',
        replace: 'const seen = identity && !unseen.delete(identityOf(identity)) && offset < 0;',
      },
    ],
    noticedBy: { file: 'runtime/events/consumer.test.ts', title: 'passes over an event that comes again' },
  },
  {
    name: 'position committed before the handler',
    mechanism: 'The position, the inbox and the effects of the handler are one transaction.',
    changes: [
      {
        file: 'consumer-batch.ts',
        find: 'await claimItems(items, known, trx, options);',
        replace: 'await options.database.transaction((own) => claimItems(items, known, own, options));',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'is tried a few times in place, and the events behind it wait',
    },
  },
  {
    name: 'rolled back COMMIT taken for committed',
    mechanism: 'A COMMIT that PostgreSQL answers with ROLLBACK is an error.',
    changes: [
      {
        file: 'transaction-commit.ts',
        find: `if (response?.command !== 'ROLLBACK') return;`,
        replace: `if (response?.command !== 'never') return;`,
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'has failed when it catches the error of a statement, since PostgreSQL then commits nothing',
    },
  },
  {
    name: 'what was not handled stays in the inbox',
    mechanism: 'A batch that ends early remembers no event that it did not handle.',
    changes: [
      {
        file: 'consumer-batch.ts',
        find: 'await forgetInbox(trx, options.of.groupId, [...unseen.values()]);',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'commits what it has, and remembers no more, when it is told that this is enough',
    },
  },
  {
    name: 'no deadline for a handler',
    mechanism: 'A handler that takes longer than its deadline has failed.',
    changes: [
      {
        file: 'consumer-handling.ts',
        find: 'await Promise.race([work(), deadline]);',
        replace: 'await Promise.race([work(), deadline.catch(() => new Promise(() => {}))]);',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'has failed at its deadline, and nothing of it remains',
    },
  },
  {
    name: 'a member that hangs keeps its locks',
    mechanism: 'PostgreSQL ends the transaction of a member that has died or hangs.',
    changes: [
      {
        file: 'inbox.ts',
        find: `set_config('idle_in_transaction_session_timeout', ?, true)`,
        replace: `length(?)`,
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'goes on without an owner that has died, or hangs, in its transaction',
    },
  },
  {
    name: 'KafkaJS goes on where it likes',
    mechanism: 'Events that Kafka deleted unread are left out loudly, and no others.',
    changes: [{ file: 'kafka-driver.ts', find: '  stopJumps();\n', replace: '' }],
    noticedBy: {
      file: 'runtime/events/consumer-group-rebuild.test.ts',
      title: 'goes on where the log begins, loudly, when events were deleted that it had not fetched',
    },
  },
];
