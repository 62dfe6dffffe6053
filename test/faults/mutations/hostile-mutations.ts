import type { Mutation } from './mutation.ts';

const hostileTests = 'runtime/events/hostile-records.test.ts';

/** The mechanisms that keep the records of other programs from doing harm. */
export const hostileMutations: readonly Mutation[] = [
  {
    name: 'headers are stored as received',
    mechanism: 'An event can be parked with any headers.',
    changes: [
      {
        file: 'events/event/received-headers.ts',
        find: 'if (isBytes(values)) headers[name] = values;',
        replace: 'if (values === null || isBytes(values)) headers[name] = values as string;',
      },
    ],
    noticedBy: {
      file: hostileTests,
      title: 'is parked whatever its headers are, and keeps those that are bytes',
    },
  },
  {
    name: 'any integer is a time',
    mechanism: 'An event can be parked with any timestamp.',
    changes: [
      {
        file: 'events/event/message.ts',
        find: 'return time >= 0 && time <= LATEST ? time : undefined;',
        replace: 'return time >= 0 ? time : undefined;',
      },
    ],
    noticedBy: { file: hostileTests, title: 'is parked without the timestamp' },
  },
  {
    name: 'the text of an event is read as an error',
    mechanism: 'The text of an event is never mistaken for an outage.',
    changes: [
      {
        file: 'events/handling/failure.ts',
        find: `if (reading && (error instanceof EventDataError || error instanceof CloudEventError)) return 'unreadable';`,
        replace: '',
      },
    ],
    noticedBy: { file: hostileTests, title: 'a version that reads like an outage' },
  },
  {
    name: 'identities measured in characters',
    mechanism: 'An event whose id and source are too long for a PostgreSQL index becomes a dead letter.',
    changes: [
      {
        file: 'events/event/cloud-events.ts',
        find: 'return Buffer.byteLength(source) + Buffer.byteLength(id) <= LONGEST_IDENTITY;',
        replace: 'return source.length + id.length <= LONGEST_IDENTITY;',
      },
    ],
    noticedBy: { file: hostileTests, title: 'an id and a source that no index holds' },
  },
  {
    name: 'ids are passed on unchecked',
    mechanism: 'A handler can publish, whatever ids its event has.',
    changes: [
      {
        file: 'events/event/cloud-events.ts',
        find: `correlationId: carriedId(attributeOf(message, 'correlationid')) ?? id,`,
        replace: `correlationId: readAttribute(message, 'correlationid') ?? id,`,
      },
      {
        file: 'events/outbox/publish.ts',
        find: 'correlationId: carriedId(context?.correlationId) ?? id,',
        replace: 'correlationId: context?.correlationId ?? id,',
      },
    ],
    noticedBy: { file: hostileTests, title: 'is handled, and its events are published' },
  },
  {
    name: 'keys that share a name',
    mechanism: 'No two parked keys have the same name.',
    changes: [
      {
        file: 'events/parking/stored-message.ts',
        find: 'isText(bytes) && !looksMade.test(bytes.toString())',
        replace: 'isText(bytes)',
      },
    ],
    noticedBy: { file: hostileTests, title: 'without a key blocks no key with the text of its place' },
  },
  {
    name: 'no reduced form',
    mechanism: 'An event that PostgreSQL refuses to store is parked in a reduced form.',
    changes: [
      {
        file: 'events/parking/park.ts',
        find: 'if (!first || !isDataError(error)) throw error;',
        replace: 'if (error) throw error;',
      },
    ],
    noticedBy: {
      file: hostileTests,
      title: 'that PostgreSQL refuses to park unchanged waits without its headers',
    },
  },
  {
    name: 'tombstones overtake',
    mechanism: 'A tombstone is handled in the order of its key.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (waiting.size > 0 && waiting.has(keyTextOf(message))) parked.push(message);',
        replace:
          'if (waiting.size > 0 && message.value !== null && waiting.has(keyTextOf(message))) parked.push(message);',
      },
    ],
    noticedBy: {
      file: 'runtime/events/consumer-tombstones.test.ts',
      title: 'waits behind a parked event of its key',
    },
  },
  {
    name: 'events of any size',
    mechanism: 'The value of an oversized event is neither parsed nor stored.',
    changes: [
      {
        file: 'events/kafka/kafkajs/consumer.ts',
        find: 'excessOf(message, most)',
        replace: 'excessOf(message, most * 1_000)',
      },
    ],
    noticedBy: {
      file: 'runtime/events/hostile-records.test.ts',
      title: 'is a dead letter without its value',
      timeout: 30_000,
    },
  },
  {
    name: 'each message has the whole path',
    mechanism: "An event's validation errors take time and memory proportional to its length.",
    changes: [{ file: 'events/event/data.ts', find: ', errors: { label: false }', replace: '' }],
    noticedBy: {
      file: 'runtime/events/define-event.test.ts',
      title: 'that violates a rule under a long name gives a message with the rule, in linear time',
    },
  },
];
