import type { Mutation } from './mutation.ts';

const twoMembers = {
  file: 'faults/properties/positions.test.ts',
  title: 'move its position without going back or skipping, and handle each event once, in any interleaving',
};

/** How events get from Kafka to their handlers. */
export const consumerMutations: readonly Mutation[] = [
  {
    name: 'no position compare',
    mechanism: 'A group member moves the position only from the value that the member expects.',
    changes: [
      {
        file: 'events/inbox/inbox.ts',
        find: 'and position = $5 and resets = $6',
        replace: 'and $5::bigint >= 0 and resets = $6',
      },
    ],
    noticedBy: twoMembers,
  },
  {
    name: 'no reset count',
    mechanism: 'A group member that read the position before a reset cannot move it.',
    changes: [
      {
        file: 'events/inbox/inbox.ts',
        find: 'and position = $5 and resets = $6',
        replace: 'and position = $5 and $6::int >= 0',
      },
    ],
    noticedBy: twoMembers,
  },
  {
    name: 'no inbox',
    mechanism: 'A duplicate event is skipped.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'const seen = identity && !unseen.delete(identityOf(identity));',
        replace: 'const seen = identity && !unseen.delete(identityOf(identity)) && offset < 0;',
      },
    ],
    noticedBy: { file: 'runtime/events/consumer.test.ts', title: 'handles a redelivered event only once' },
  },
  {
    name: 'an identity for each version',
    mechanism: 'Of an event that was published in several versions, a subscription handles one.',
    changes: [
      {
        file: 'events/event/cloud-events.ts',
        find: 'const { occurrenceId = id.toString() } = readOccurrence(message);',
        replace: 'const occurrenceId = id.toString();',
      },
    ],
    noticedBy: {
      file: 'runtime/events/event-versions.test.ts',
      title: 'is handled once by a consumer that knows version 2, with the data of version 2',
    },
  },
  {
    name: 'a newer version is not left to the older one',
    mechanism: 'A subscription leaves a version that it does not know to an older one, which follows.',
    changes: [
      {
        file: 'events/handling/handlers.ts',
        find: 'if (oldestVersion === undefined) return false;',
        replace: 'if (oldestVersion === undefined || oldestVersion > 0) return false;',
      },
    ],
    noticedBy: {
      file: 'runtime/events/event-versions.test.ts',
      title: 'is handled once by a consumer that knows version 1, which parks nothing',
    },
  },
  {
    name: 'position committed before the handler',
    mechanism: "The position, the inbox record and the handler's effects share one transaction.",
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'await claimItems(items, known, trx, options);',
        replace: 'await options.database.transaction((own) => claimItems(items, known, own, options));',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'is retried a few times in place, while the events behind it wait',
    },
  },
  {
    name: 'a rolled-back COMMIT counts as committed',
    mechanism: 'A COMMIT that PostgreSQL answers with ROLLBACK is an error.',
    changes: [
      {
        file: 'database/transaction-end.ts',
        find: `if (response?.command !== 'ROLLBACK') return;`,
        replace: `if (response?.command !== 'never') return;`,
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'fails even if it catches the error of a statement, since PostgreSQL then commits nothing',
    },
  },
  {
    name: 'unhandled events stay in the inbox',
    mechanism: 'A batch that ends early records only the events that it handled.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'await forgetInbox(trx, options.of.groupId, [...unseen.values()]);',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'commits the handled events, and records no more, when the batch is stopped',
    },
  },
  {
    name: 'no deadline for a handler',
    mechanism: 'A handler that exceeds its deadline fails.',
    changes: [
      {
        file: 'events/handling/run-handler.ts',
        find: 'await withDeadline(work(), timeout, () => new HandlerTimeoutError(timeout));',
        replace: 'await work();',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-failures.test.ts',
      title: 'fails at its deadline, and its work is rolled back',
    },
  },
  {
    name: 'a member that hangs keeps its locks',
    mechanism: 'PostgreSQL ends the transaction of a dead or hanging group member.',
    changes: [
      {
        file: 'events/inbox/inbox.ts',
        find: `set_config('idle_in_transaction_session_timeout', $15, true)`,
        replace: `length($15)`,
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'continues without an owner that died or hangs in its transaction',
      timeout: 15_000,
    },
  },
  {
    name: 'KafkaJS chooses where to continue',
    mechanism: 'The consumer skips only events that Kafka has deleted, and logs an error.',
    changes: [{ file: 'events/kafka/client.ts', find: '  stopJumps();\n', replace: '' }],
    noticedBy: {
      file: 'runtime/events/consumer-group-rebuild.test.ts',
      title: 'continues at the start of the log, with an error in the log, when unread events were deleted',
    },
  },
  {
    name: 'a new group starts at the end',
    mechanism: 'A new group starts at the earliest event that Kafka has.',
    changes: [
      {
        file: 'events/consumer/start-positions.ts',
        find: 'wanted = low, mismatch',
        replace: 'wanted = high, mismatch',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'is the start of the log for a new group',
      timeout: 15_000,
    },
  },
  {
    name: 'KafkaJS assigns the partitions',
    mechanism: 'A deploy that adds a topic leaves no partition unassigned.',
    changes: [
      {
        file: 'events/kafka/group.ts',
        find: 'partitionAssigners: [topicAware, PartitionAssigners.roundRobin]',
        replace: 'partitionAssigners: topicAware && [PartitionAssigners.roundRobin]',
      },
    ],
    noticedBy: {
      file: 'suites/bus/embedded-broker.test.ts',
      source: 'suites/bus/deploys.ts',
      title: 'a deploy that adds a topic leaves no partition unassigned, whichever version leads the group',
    },
  },
  {
    name: 'silence goes unnoticed',
    mechanism: 'A group member that receives no answer from Kafka is replaced.',
    changes: [
      {
        file: 'events/consumer/partitions.ts',
        find: 'if (silent > settings.silenceTimeout)',
        replace: 'if (silent < 0)',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group-rebuild.test.ts',
      title: 'is replaced when Kafka does not answer',
      timeout: 15_000,
    },
  },
  {
    name: 'a stall goes unnoticed',
    mechanism: 'A group member that receives no events although Kafka has some is replaced.',
    changes: [
      { file: 'events/consumer/watchdog.ts', find: 'stalled(new Error(', replace: 'void (new Error(' },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group-rebuild.test.ts',
      title: 'is replaced when it receives nothing although Kafka has events',
      timeout: 20_000,
    },
  },
  {
    name: 'another key at each call',
    mechanism: 'A handler with external effects receives the same idempotency key at each call.',
    changes: [
      {
        file: 'events/handling/accept.ts',
        find: '`${source}/${occurrenceId}`',
        replace: '`${source}/${occurrenceId}/${Math.random()}`',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-at-least-once.test.ts',
      title: 'passes the same idempotency key each time, and holds no transaction while the handler runs',
    },
  },
  {
    name: 'the inbox forgets before Kafka does',
    mechanism: 'The inbox remembers an event at least as long as Kafka keeps the event.',
    changes: [
      {
        file: 'events/inbox/pruner.ts',
        find: 'longest = Math.max(longest, kept ?? 0);',
        replace: 'longest = Math.min(longest, kept ?? longest);',
      },
    ],
    noticedBy: {
      file: 'runtime/events/inbox-pruner.test.ts',
      title: 'keeps entries for as long as Kafka keeps events, and follows changes of the retention',
    },
  },
  {
    name: 'a changed record is ignored',
    mechanism: 'A group starts at the beginning of a recreated topic, whatever its size.',
    changes: [
      {
        file: 'events/consumer/log-check.ts',
        find: '!isSameRecord(found, expected)',
        replace: '!isSameRecord(found, found)',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'is reset to the start of a recreated topic that has more events, with an error in the log',
    },
  },
  {
    name: 'a changed topic id is ignored',
    mechanism: 'A group starts at the beginning of a topic whose id has changed.',
    changes: [
      {
        file: 'events/consumer/start-positions.ts',
        find: 'known.topicId !== topicId',
        replace: 'known.topicId === undefined',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-group.test.ts',
      title: 'is reset if the topic has another id, and the new id is stored',
    },
  },
  {
    name: 'an unreadable batch is skipped',
    mechanism: 'A batch that cannot be unpacked stops only its own partition.',
    changes: [
      {
        file: 'events/consumer/partition.ts',
        find: 'if (fetched.damage) stoppage.stop(fetched.damage);',
        replace: 'if (fetched.damage) nextFetch = fetched.damage.last + 1;',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-batches.test.ts',
      title: 'that cannot be decompressed stop only their partition, until the position is past them',
      timeout: 60_000,
    },
  },
  {
    name: 'control records count as events ahead',
    mechanism: 'A consumer skips transaction markers, and its position moves past them.',
    changes: [
      {
        file: 'events/kafka/records/batch.ts',
        find: 'next: Math.max(from, header.lastOffset + 1), isCut: false };',
        replace: 'next: from, isCut: false };',
      },
    ],
    noticedBy: {
      file: 'runtime/events/kafka-records.test.ts',
      title: 'skips the end markers of transactions',
    },
  },
  {
    name: 'aborted records are read',
    mechanism: 'No record of an aborted transaction is handled.',
    changes: [
      {
        file: 'events/kafka/records/batch.ts',
        find: 'header.transactional && producers.has(header.producerId)',
        replace: 'header.transactional && header.recordCount < 0',
      },
    ],
    noticedBy: {
      file: 'runtime/events/kafka-records.test.ts',
      title: 'omits the records of an aborted transaction, but not later ones of its producer',
    },
  },
];
