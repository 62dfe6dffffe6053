import type { Mutation } from './mutation.ts';

const relayTests = 'runtime/events/relay.test.ts';
const deadLetterTests = 'runtime/events/outbox-dead-letters.test.ts';
const orderOfAll = {
  file: relayTests,
  title: 'keep the order of every key while replicas start and stop and Kafka fails',
};
const noLocks = {
  file: 'events/relay/lane-leases.ts',
  find: 'as wanted (lane) where pg_try_advisory_lock(${LANE_SPACE}, ${outbox} | lane)`',
  replace: 'as wanted (lane)`',
};

/** How events get from the outbox to Kafka. */
export const relayMutations: readonly Mutation[] = [
  {
    name: 'SKIP LOCKED instead of lanes',
    mechanism: 'One relay at a time sends the events of a lane.',
    changes: [
      noLocks,
      {
        file: 'events/relay/lane-leases.ts',
        find: 'const fair = shareOf(locks.filter(({ space }) => space === MEMBER_SPACE));',
        replace: 'const fair = LANES;',
      },
      {
        file: 'events/relay/outbox-rows.ts',
        find: 'id > wanted.floor ${condition}',
        replace: 'id > wanted.floor ${condition} and pg_try_advisory_lock(id)',
      },
    ],
    noticedBy: orderOfAll,
  },
  {
    name: 'leases ignored',
    mechanism: 'A lane is leased to one PostgreSQL session.',
    changes: [noLocks],
    noticedBy: {
      file: 'faults/properties/lane-leases.test.ts',
      title: 'never lease a lane twice, and share all lanes fairly',
    },
  },
  {
    name: 'lanes are never handed over',
    mechanism: 'Relays share the lanes fairly.',
    changes: [
      {
        file: 'events/relay/lane-leases.ts',
        find: 'if (held.size > fair)',
        replace: 'if (held.size > LANES)',
      },
    ],
    noticedBy: {
      file: 'faults/properties/lane-leases.test.ts',
      title: 'never lease a lane twice, and share all lanes fairly',
    },
  },
  {
    name: 'a lane is handed over while its events are in flight',
    mechanism: 'A lane moves to another relay only while none of its events are in flight.',
    changes: [
      { file: 'events/relay/lane-leases.ts', find: 'await Promise.all(surplus.map(release));', replace: '' },
    ],
    noticedBy: {
      file: 'runtime/events/relay-handover.test.ts',
      title: 'send nothing twice, as long as Kafka answers',
    },
  },
  {
    name: 'several batches in flight per lane',
    mechanism: 'A lane has one batch in flight.',
    changes: [
      {
        file: 'events/relay/lane-queue.ts',
        find: 'held.has(lane) && !busy.has(lane)',
        replace: 'held.has(lane)',
      },
    ],
    noticedBy: { file: relayTests, title: 'sends the events that were saved before it started' },
  },
  {
    name: 'delete before acknowledgement',
    mechanism: 'A row is deleted after Kafka has acknowledged it.',
    changes: [
      {
        file: 'events/relay/rounds.ts',
        find: 'const outcome = await send(share);',
        replace: `await settle({ sent: share.lanes.flatMap(([, rows]) => rows), refused: [] });
        const outcome = await send(share);`,
      },
    ],
    noticedBy: {
      file: relayTests,
      title: 'continues after a Kafka outage, without loss or disorder, even if some had arrived',
    },
  },
  {
    name: 'acks 0',
    mechanism: 'An event counts as sent when every in-sync replica has it.',
    changes: [{ file: 'events/kafka/sender.ts', find: 'acks: -1', replace: 'acks: 0' }],
    noticedBy: {
      file: 'runtime/events/kafka-sender.test.ts',
      title: 'reports that Kafka refuses a message, which a retry cannot change',
    },
  },
  {
    name: 'floors by the last id',
    mechanism: 'No event of a transaction that commits late is skipped.',
    changes: [
      {
        file: 'events/relay/low-water-marks.ts',
        find: 'nextTransaction <= oldest',
        replace: 'nextTransaction > 0n',
      },
    ],
    noticedBy: {
      file: 'faults/properties/lane-floors.test.ts',
      title: 'leave no event below the floor of its lane: each committed one is read until it is sent',
    },
  },
  {
    name: 'other replicas are not notified',
    mechanism: 'The relay of a lane is notified at once when another replica saves an event.',
    changes: [
      {
        file: 'events/relay/lane-notifier.ts',
        find: `await session.query('select pg_notify($1, $2)', [channel, message]);`,
        replace: `await session.query('select $1::text, $2::text', [channel, message]);`,
      },
    ],
    noticedBy: {
      file: relayTests,
      title: 'are notified of events in their lanes by the replica that commits them',
      timeout: 15_000,
    },
  },
  {
    name: 'no polling without a notification',
    mechanism: 'A relay polls its lanes about once a second, even without a notification.',
    changes: [
      {
        file: 'events/relay/relay.ts',
        find: `    await connection?.balance();
    rounds.mark(held());`,
        replace: `    await connection?.balance();`,
      },
    ],
    noticedBy: { file: relayTests, title: 'sends events without a notification', timeout: 15_000 },
  },
  {
    name: 'a refused event does not block its key',
    mechanism: 'Events wait behind an event of their key that Kafka rejected permanently.',
    changes: [
      { file: 'events/relay/outbox-rows.ts', find: '${isParked} as parked', replace: 'false as parked' },
    ],
    noticedBy: {
      file: deadLetterTests,
      title: 'becomes a dead letter that blocks its key, but not its lane or topic',
    },
  },
  {
    name: 'a redrive does not lock out publishers',
    mechanism: 'Events that are published during a redrive follow the redriven events.',
    changes: [
      {
        file: 'events/operations/redrive-outbox.ts',
        find: '    await lockKeys(connection, [key]);\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: deadLetterTests,
      title: 'repeatedly, while Kafka still refuses it and others publish, stays in order',
    },
  },
  {
    name: 'a forbidden topic is given up at once',
    mechanism: 'A topic can be forbidden temporarily before its events become dead letters.',
    changes: [
      {
        file: 'events/relay/topic-status.ts',
        find: '>= refusalPatience;',
        replace: '>= 0 * refusalPatience;',
      },
    ],
    noticedBy: { file: deadLetterTests, title: 'is not created for a topic that was forbidden briefly' },
  },
  {
    name: 'KafkaJS retries',
    mechanism: "An event counts as sent only when the partition's final leader has it.",
    changes: [
      { file: 'events/kafka/sender.ts', find: 'retry: { ...retry, retries: 0 },', replace: 'retry,' },
    ],
    noticedBy: {
      file: 'faults/storms/leader-dies.faults.ts',
      title: 'loses no event that counts as sent',
      timeout: 240_000,
    },
    slow: true,
  },
];
