import type { Mutation } from './mutation.ts';

const subscriptions = 'runtime/events/subscriptions.test.ts';
const firstStart = 'runtime/events/subscription-start.test.ts';
const fork = {
  file: firstStart,
  title: 'with a shared group starts with copies of its inbox and parked keys',
};

const twoTakeovers = {
  file: firstStart,
  title: 'rejects two takeovers of one event, and a takeover of an event that the group still handles',
};

/** Removes the independence of subscriptions, and the safety of handlers that move. */
export const subscriptionMutations: readonly Mutation[] = [
  {
    name: 'one group for all subscriptions',
    mechanism: 'Subscriptions receive the same event independently of each other.',
    changes: [
      {
        file: 'events/subscriptions/subscription.ts',
        find: 'const groupId = `${ownGroup}.${name}`;',
        replace: 'const groupId = `${ownGroup}.all`;',
      },
    ],
    noticedBy: {
      file: subscriptions,
      title: 'delivers an event to each subscription independently, in a group of its own',
    },
  },
  {
    name: 'latest records no start positions',
    mechanism: 'A subscription from the latest event receives no earlier event.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: `if (from === 'latest') return createPositions(trx, groupId, places);`,
        replace: `if (from === 'latest') return 0;`,
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with latest receives no past event, even if it stops before its first event',
    },
  },
  {
    name: 'a moved handler starts without a position',
    mechanism: 'A moved handler continues at the position of its previous group.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: '(await copyPositions(trx, copy)) + (await createPositions(trx, groupId, places))',
        replace: 'await createPositions(trx, groupId, places)',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with a group continues at the position of the group, with its inbox and parked keys',
    },
  },
  {
    name: 'a subscription starts with an empty inbox',
    mechanism: 'A subscription that starts at the position of a group skips handled events.',
    changes: [
      { file: 'events/subscriptions/first-start.ts', find: 'await copyInbox(trx, copy);', replace: '' },
    ],
    noticedBy: fork,
  },
  {
    name: 'a subscription starts without parked keys',
    mechanism: 'A subscription that starts at the position of a group handles parked events.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: 'await takeOverParked(trx, {',
        replace: 'if (recorded < 0) await takeOverParked(trx, {',
      },
    ],
    noticedBy: fork,
  },
  {
    name: 'a subscription takes over all events',
    mechanism: 'A handler that moves takes only its own events from the queue of a parked key.',
    changes: [
      {
        file: 'events/parking/take-over.ts',
        find: `const isMoved = isOneOf('movedTopics', 'movedTypes');`,
        replace: 'const isMoved = `e.topic = any (cast(:movedTopics as text[]))`;',
      },
      {
        file: 'events/parking/take-over.ts',
        find: `const isOurs = isOneOf('topics', 'types');`,
        replace: 'const isOurs = `e.topic = any (cast(:topics as text[]))`;',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with a group takes only its own events from the queue of a parked key',
    },
  },
  {
    name: 'two releases handle one event',
    mechanism: 'While an old release runs, only one of the two releases handles an event of a moved handler.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (!takeover || known.resets > 0)',
        replace: 'if (!takeover || known.resets >= 0)',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'handles each event once and in key order while the old release runs',
    },
  },
  {
    name: 'an unhandled event stays claimed',
    mechanism: 'A batch that ends early leaves no claims in the previous group.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (options.takeover) await forgetMoved(trx, options.takeover, moved, unseen);',
        replace: 'if (options.takeover) await forgetMoved(trx, options.takeover, [], unseen);',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'keeps no claim in the other group on an event that a batch did not handle',
    },
  },
  {
    name: 'an event that the old release parks stays in its group',
    mechanism: 'The new release handles an event that an old release parks while a handler moves.',
    changes: [
      {
        file: 'events/consumer/groups.ts',
        find: 'if (hasBegun && takeover) await adoptParked',
        replace: 'if (!hasBegun && takeover) await adoptParked',
      },
    ],
    noticedBy: { file: firstStart, title: 'takes over an event that the old release parks later' },
  },
  {
    name: 'a replay skips handled events',
    mechanism:
      'A subscription whose position was set back handles events again that its previous group has handled.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (!takeover || known.resets > 0)',
        replace: 'if (!takeover || known.resets < 0)',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'can be replayed after a takeover',
    },
  },
  {
    name: 'a group joins before its position is copied',
    mechanism: 'A group skips no event of a moving handler before the subscription has its position.',
    changes: [
      {
        file: 'events/subscriptions/starts.ts',
        find: '[groupId, ...heirs].map(placeOnce)',
        replace: '[groupId, ...heirs.slice(heirs.length)].map(placeOnce)',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'keeps the group from joining before its position is copied',
    },
  },
  {
    name: 'a failed batch blames its first event',
    mechanism: 'Of a failed batch, only events that fail alone are parked.',
    changes: [
      {
        file: 'events/handling/event-runs.ts',
        find: 'if (ended.length === 1 ||',
        replace: 'if (ended.length >= 1 ||',
      },
    ],
    noticedBy: {
      file: subscriptions,
      title: 'passes the events of a failed batch again one by one, and parks the event that fails',
    },
  },
  {
    name: 'a batch spans events of other types',
    mechanism: 'A batch handler receives its events before a later event of another type is handled.',
    changes: [
      {
        file: 'events/handling/event-runs.ts',
        find: 'run[0].batch.handle !== batch?.handle ? await end() : []',
        replace: 'batch && run[0].batch.handle !== batch.handle ? await end() : []',
      },
    ],
    noticedBy: { file: subscriptions, title: 'passes consecutive events of one type to a batch handler' },
  },
  {
    name: 'a replay moves the default subscription',
    mechanism: 'One subscription can be replayed, and the other subscriptions handle nothing again.',
    changes: [
      {
        file: 'commands/replay.ts',
        find: 'const forgetting = { group, topic, positions, since };',
        replace: 'const forgetting = { group: config.groupId, topic, positions, since };',
      },
    ],
    noticedBy: { file: 'runtime/commands/replay.test.ts', title: 'replays one subscription alone' },
  },
  {
    name: 'a new partition starts at its end',
    mechanism:
      'A subscription from the latest event receives every event of a partition that is added later.',
    changes: [
      {
        file: 'events/consumer/start-positions.ts',
        find: '{ known, wanted = low, mismatch }: Found,',
        replace: '{ known, wanted = high, mismatch }: Found,',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with latest receives every event of a partition that is added later',
    },
  },
  {
    name: 'a shared group has claims',
    mechanism: 'A subscription receives every shared event, even after the group loses its handler.',
    changes: [
      {
        file: 'events/subscriptions/takeover.ts',
        find: 'new Set(shared ? [] : events.map(',
        replace: 'new Set(shared === undefined ? [] : events.map(',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with a shared group receives every event, even after the group loses its handler',
    },
  },
  {
    name: 'two subscriptions share claims',
    mechanism: 'Two subscriptions cannot take over one event from the same group.',
    changes: [
      {
        file: 'events/subscriptions/takeover-rules.ts',
        find: 'if (!definition) continue;',
        replace: 'if (!definition || others.size > 0) continue;',
      },
    ],
    noticedBy: twoTakeovers,
  },
  {
    name: 'a group shares its claims',
    mechanism: 'A subscription cannot take over an event that the group still handles.',
    changes: [
      {
        file: 'events/consumer/groups.ts',
        find: 'starts.check();',
        replace: '',
      },
    ],
    noticedBy: twoTakeovers,
  },
  {
    name: 'an unknown group is a new group',
    mechanism: 'A misspelled group makes no subscription handle all events again.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: 'if (mayBeUnknown(group)) return;',
        replace: 'if (mayBeUnknown(group) || group !== groupId) return;',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with an unknown group starts no group of the service, and lists the known groups',
    },
  },
  {
    name: 'a group retries events that are yet to move',
    mechanism:
      'A group retries no parked event of a moving handler before the subscription has taken it over.',
    changes: [{ file: 'events/consumer/groups.ts', find: 'return hasBegun;', replace: 'return true;' }],
    noticedBy: { file: firstStart, title: 'retries no parked event before the takeover' },
  },
];
