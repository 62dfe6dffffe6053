import type { Mutation } from './mutation.ts';

/** How events get into the outbox. */
export const publishingMutations: readonly Mutation[] = [
  {
    name: 'publish outside of the transaction',
    mechanism: 'An event is saved in the transaction of its change.',
    changes: [
      {
        file: 'events/outbox/publish.ts',
        find: 'if (!trx) return committed(',
        replace: 'if (!trx || Date.now() > 0) return committed(',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'saves nothing when the callback throws, and when it is rolled back without an error',
    },
  },
  {
    name: 'publish after COMMIT',
    mechanism: 'An event is saved immediately before COMMIT.',
    changes: [
      {
        file: 'database/transaction-end.ts',
        find: 'last = await runBeforeCommit(connection, hooks);',
        replace: '',
      },
      {
        file: 'database/transaction-end.ts',
        find: 'checkCommitted(answer);',
        replace:
          'checkCommitted(answer);\n  const late = await runBeforeCommit(connection, hooks);\n  if (late) await runAlone(connection, late);',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'rolls back and rejects, in every form of transaction, and the pool stays usable',
    },
  },
  {
    name: 'COMMIT without the insert',
    mechanism: 'COMMIT is sent together with the insert of the event.',
    changes: [
      {
        file: 'database/transaction-end.ts',
        find: 'const answer = await send(last).catch(',
        replace: 'const answer = await send().catch(',
      },
    ],
    noticedBy: {
      file: 'runtime/database/pipeline.test.ts',
      title: 'save the event in the round trip of COMMIT',
    },
  },
  {
    name: 'a failed insert counts as committed',
    mechanism: 'A change whose event cannot be saved is rolled back.',
    changes: [
      {
        file: 'database/pipeline/service-connection.ts',
        find: 'if (error) return done(error);',
        replace: '',
      },
      {
        file: 'database/pipeline/service-connection.ts',
        find: 'if (error && query.isWithoutCommit(error))',
        replace: 'if (!query)',
      },
    ],
    noticedBy: {
      file: 'runtime/database/pipeline.test.ts',
      title: 'commit nothing when the event cannot be saved, and fail with the error of the insert',
    },
  },
  {
    name: 'BEGIN is forgotten while it waits',
    mechanism: 'The first statement of a transaction is sent with its BEGIN.',
    changes: [
      {
        file: 'database/pipeline/service-connection.ts',
        find: 'return taken;',
        replace: 'return taken && undefined;',
      },
    ],
    noticedBy: {
      file: 'runtime/database/pipeline.test.ts',
      title: 'send BEGIN even if the first statement fails, and ROLLBACK ends the failed transaction',
    },
  },
  {
    name: 'one outbox per transaction',
    mechanism: 'Each of several outboxes saves its events of one transaction.',
    changes: [
      {
        file: 'database/transaction-end.ts',
        find: 'if (known) return void known.push(hooks);',
        replace: 'if (known) known.length = 0;',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'saves the events of each of two outboxes',
    },
  },
  {
    name: 'savepoints ignored',
    mechanism: 'An event that is published in a savepoint is dropped with it.',
    changes: [
      {
        file: 'events/outbox/transaction-buffer.ts',
        find: 'bufferOf(trx).push(message);',
        replace:
          'let outermost = trx;\n      while (outermost.parentTransaction) outermost = outermost.parentTransaction;\n      bufferOf(outermost).push(message);',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'saves what it publishes exactly when every savepoint around it is released, at any depth',
    },
  },
  {
    name: 'no key lock',
    mechanism: 'Transactions that publish about one key commit in the order of their ids.',
    changes: [
      {
        file: 'events/outbox/insert.ts',
        find: 'select pg_advisory_xact_lock(${LOCK_SPACE}, bucket), pg_current_xact_id() from (',
        replace: 'select ${LOCK_SPACE}, bucket, pg_current_xact_id() from (',
      },
    ],
    noticedBy: {
      file: 'faults/properties/publishing.test.ts',
      title: 'show a reader the events of a key in the order of their ids, and do not deadlock',
    },
  },
  {
    name: 'no key lock for an event alone',
    mechanism: 'Transactions that publish one event about a key commit in the order of their ids.',
    changes: [
      {
        file: 'events/outbox/insert.ts',
        find: 'select pg_advisory_xact_lock(${LOCK_SPACE}, (hashtextextended($1, 0) & 1023)::int), pg_current_xact_id()',
        replace: 'select pg_current_xact_id()',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'shows no event of a key to a reader before an older one',
    },
  },
  {
    name: 'key locks in any order',
    mechanism: 'Transactions that publish about several keys do not deadlock.',
    changes: [
      {
        file: 'events/outbox/insert.ts',
        find: 'select distinct (hashtextextended(key, 0) & 1023)::int as bucket from unnest($1::text[]) as event (key) order by bucket',
        replace:
          'select (hashtextextended(key, 0) & 1023)::int as bucket from unnest($1::text[]) with ordinality as event (key, place) order by place',
      },
    ],
    noticedBy: {
      file: 'runtime/events/outbox.test.ts',
      title: 'takes the locks of its keys in one order, in whatever order it publishes',
    },
  },
  {
    name: 'ids without a random part',
    mechanism: 'Processes that publish at the same time give their events different ids.',
    changes: [
      {
        file: 'events/event/event-id.ts',
        find: '-${random.slice(19)}`',
        replace: '-8${random.slice(33, 36)}-000000000000`',
      },
    ],
    noticedBy: {
      file: 'runtime/events/event-id.test.ts',
      title: 'differ between processes that publish at the same time',
    },
  },
  {
    name: 'a statement after a savepoint commits',
    mechanism: 'A statement after a savepoint belongs to its transaction.',
    changes: [
      {
        file: 'database/service-client.ts',
        find: "Reflect.get(this, 'transacting') === true",
        replace: "Reflect.get(connection, '__knexTxId') !== undefined",
      },
    ],
    noticedBy: {
      file: 'runtime/http/request-limits.test.ts',
      title: 'is one transaction, also after a savepoint in it',
    },
  },
];
