import type { Mutation } from './mutation.ts';

const subscriptions = 'runtime/events/subscriptions.test.ts';
const firstStart = 'runtime/events/subscription-start.test.ts';
const fork = {
  file: firstStart,
  title:
    'with a group that goes on handling the event begins with its inbox and its parked keys, and leaves them to it',
};

/** How handlers of one event stand beside each other, and how they move. */
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
      title: 'lets subscriptions hear the same event independently, each in a group of its own',
    },
  },
  {
    name: 'latest is where a member begins',
    mechanism:
      'A subscription from the latest event receives no earlier event, even if it stops before its first event.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: `if (from === 'latest') return createPositions(trx, groupId, places);`,
        replace: `if (from === 'latest') return 0;`,
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with latest hears nothing of the past, even where it ends before its first event',
    },
  },
  {
    name: 'a handler that moves leaves its place behind',
    mechanism: 'A handler that moves to a subscription continues at the position of its previous group.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: '(await copyPositions(trx, copy)) + (await createPositions(trx, groupId, places))',
        replace: 'await createPositions(trx, groupId, places)',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'with a group goes on at the place of the group, with its inbox and its parked keys',
    },
  },
  {
    name: 'a subscription begins with an empty inbox',
    mechanism:
      'A subscription that starts at the position of a group skips the events that the group has handled.',
    changes: [
      { file: 'events/subscriptions/first-start.ts', find: 'await copyInbox(trx, copy);', replace: '' },
    ],
    noticedBy: fork,
  },
  {
    name: 'a subscription begins without parked keys',
    mechanism:
      'A subscription that starts at the position of a group handles the events that the group has parked.',
    changes: [
      {
        file: 'events/subscriptions/first-start.ts',
        find: 'await takeOverParked(trx, {',
        replace: 'if (begun < 0) await takeOverParked(trx, {',
      },
    ],
    noticedBy: fork,
  },
  {
    name: 'a subscription takes over events that it does not handle',
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
      title: 'with a group takes no event from the queue of a key that it does not handle',
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
      title: 'handles each event once and in the order of its key while an old release handles them, too',
    },
  },
  {
    name: 'what was not handled stays claimed in the other group',
    mechanism:
      'A batch that ends early leaves no claim in the previous group on an event that it did not handle.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'if (options.takeover) await forgetMoved(trx, options.takeover, moved, unseen);',
        replace: 'if (options.takeover) await forgetMoved(trx, options.takeover, [], unseen);',
      },
    ],
    noticedBy: {
      file: firstStart,
      title: 'claims no more in the group that it takes over from than a batch has handled',
    },
  },
  {
    name: 'what an old release parks stays with it',
    mechanism: 'The new release handles an event that an old release parks while a handler moves.',
    changes: [
      {
        file: 'events/consumer/groups.ts',
        find: 'if (hasBegun && takeover) await adoptParked',
        replace: 'if (!hasBegun && takeover) await adoptParked',
      },
    ],
    noticedBy: { file: firstStart, title: 'takes over what an old release parks later' },
  },
  {
    name: 'a replay asks the group of before',
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
      title: 'is replayed like any other group, though the one that it took over from has handled the events',
    },
  },
  {
    name: 'a group goes on while its place is copied',
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
      title:
        'lets the group go on only after its place is copied, since it passes over what it does not handle now',
    },
  },
  {
    name: 'a run that fails blames its first event',
    mechanism: 'If a batch handler fails for several events, only an event that fails alone is parked.',
    changes: [
      {
        file: 'events/handling/event-runs.ts',
        find: 'if (ended.length === 1 ||',
        replace: 'if (ended.length >= 1 ||',
      },
    ],
    noticedBy: {
      file: subscriptions,
      title: 'hands a batch that fails over again one event at a time, and parks the one that fails',
    },
  },
  {
    name: 'a run goes on over other events',
    mechanism: 'A batch handler receives its events before a later event of another type is handled.',
    changes: [
      {
        file: 'events/handling/event-runs.ts',
        find: 'run[0].batch.handle !== batch?.handle ? await end() : []',
        replace: 'batch && run[0].batch.handle !== batch.handle ? await end() : []',
      },
    ],
    noticedBy: { file: subscriptions, title: 'hands a batch handler runs of consecutive events of one type' },
  },
];
