import type { Mutation } from './mutation.ts';

const machine = 'runtime/sagas/machine.test.ts';
const reference = 'runtime/sagas/machine-reference.test.ts';

/** Removes rules of sagas from their state machine. */
export const sagaRuleMutations: readonly Mutation[] = [
  {
    name: 'a new step in a running saga',
    mechanism: 'A running saga keeps the steps that it started with.',
    changes: [{ file: 'sagas/machine/forward.ts', find: 'steps.has(name) && !isDone(', replace: '!isDone(' }],
    noticedBy: { file: machine, title: 'keeps the steps of the release that started it' },
  },
  {
    name: 'a removed step is forgotten',
    mechanism: 'A removed step that may have had an effect needs an operator.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: `if (isAnyUnknown(draft)) draft.isStuck = true;\n  else `,
        replace: '',
      },
    ],
    noticedBy: { file: machine, title: 'needs an operator for a step that this release no longer has' },
  },
  {
    name: 'a request with any id',
    mechanism: 'A request and its cancel have the id of the saga, so a cancel never overtakes its request.',
    changes: [
      {
        file: 'sagas/machine/draft.ts',
        find: 'if (message.aggregateId !== id)',
        replace: "if (message.aggregateId === '')",
      },
    ],
    noticedBy: { file: machine, title: 'refuses a request with another id, which its cancel could overtake' },
  },
  {
    name: 'a cancel with an id of its own',
    mechanism: 'A cancel has the id of its request.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: "setStep(draft, step.name, { status: 'compensating', attempts: 1 });",
        replace: "setStep(draft, step.name, { status: 'compensating', attempts: 1, group: 9 });",
      },
    ],
    noticedBy: {
      file: machine,
      title: 'undoes the steps before a failed one in reverse order, one at a time',
    },
  },
  {
    name: 'a settled step is answered again',
    mechanism: 'A repeated reply changes nothing.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: "if (known.status !== 'requested') return 'settled';",
        replace: '',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'ignores a repeated reply, a reply to another request, and a reply after the end',
    },
  },
  {
    name: 'a reply after the end counts',
    mechanism: 'A reply after the end changes nothing.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: `if (isEnded(instance)) return transitionOf(draft, 'ended');\n  let ignored`,
        replace: 'let ignored',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'ignores a repeated reply, a reply to another request, and a reply after the end',
    },
  },
  {
    name: 'a timeout after the end counts',
    mechanism: 'A timeout after the end changes nothing.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: `if (isEnded(instance)) return transitionOf(draft, 'ended');\n  draft.timers`,
        replace: 'draft.timers',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'ignores a repeated reply, a reply to another request, and a reply after the end',
    },
  },
  {
    name: 'the timers of a step remain',
    mechanism: 'A step that succeeds has no timer.',
    changes: [
      {
        file: 'sagas/machine/forward.ts',
        find: `setStep(draft, step.name, { status: 'succeeded' });\n  draft.timers.set(step.name, undefined);`,
        replace: "setStep(draft, step.name, { status: 'succeeded' });",
      },
    ],
    noticedBy: {
      file: machine,
      title: 'requests one step after the other, and completes after the last one',
    },
  },
  {
    name: 'no deadline',
    mechanism: 'A saga is compensated at its deadline.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: `if (canAbort(draft)) {\n    abort(draft);`,
        replace: 'if (canAbort(draft)) {',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'is compensated at its deadline, and after the pivot is stuck instead',
    },
  },
  {
    name: 'a saga turns after its pivot',
    mechanism: 'After its pivot, a saga only goes forward.',
    changes: [{ file: 'sagas/machine/forward.ts', find: `!isPastPivot(draft) &&\n`, replace: '' }],
    noticedBy: {
      file: machine,
      title: 'is compensated at its deadline, and after the pivot is stuck instead',
    },
  },
  {
    name: 'an unanswered pivot is abandoned',
    mechanism: 'A pivot without a compensation is requested until its outcome is known.',
    changes: [
      {
        file: 'sagas/machine/forward.ts',
        find: "isPivot && !compensation && draft.steps.get(name)?.status === 'requested',",
        replace: "isPivot && !compensation && draft.steps.get(name)?.status === 'compensated',",
      },
    ],
    noticedBy: {
      file: reference,
      title: 'agree after each answer, timer and command, in whatever order these come',
    },
  },
  {
    name: 'parallel steps are canceled one by one',
    mechanism: 'Parallel steps are undone at the same time.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: 'for (const step of steps) if (mayHaveEffect(draft, step)) cancel(draft, step);',
        replace:
          'for (const step of steps.filter((each) => mayHaveEffect(draft, each)).slice(0, 1)) cancel(draft, step);',
      },
    ],
    noticedBy: { file: machine, title: 'undoes all steps without a request, which react to its first event' },
  },
  {
    name: 'a late success remains',
    mechanism: 'A success that arrives during the compensation is undone, too.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: "if (outcome === 'failure' || status !== 'pending') return 'settled';",
        replace: "if (outcome !== 'confirmed' || status !== 'pending') return 'settled';",
      },
    ],
    noticedBy: {
      file: reference,
      title: 'agree after each answer, timer and command, in whatever order these come',
    },
  },
  {
    name: 'a cancel is sent once',
    mechanism: 'A cancel that is not confirmed in time is sent again.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: `  send(draft, step, step.compensation.request, step.compensation.timeout);\n  noteStuck(draft);`,
        replace: '  noteStuck(draft);',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'is stuck after as many attempts as it has, continues once an hour, and is not after the answer',
    },
  },
  {
    name: 'a saga is never stuck',
    mechanism: 'After its attempts, a saga is stuck until the answer.',
    changes: [
      {
        file: 'sagas/machine/draft.ts',
        find: 'attempts >= draft.definition.attempts',
        replace: 'attempts > draft.definition.attempts * 100',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'is stuck after as many attempts as it has, continues once an hour, and is not after the answer',
    },
  },
  {
    name: 'requests without backoff',
    mechanism: 'The time between two requests doubles, up to an hour.',
    changes: [
      {
        file: 'sagas/machine/draft.ts',
        find: 'timeout * 2 ** Math.min(attempts - 1, 30)',
        replace: 'timeout * Math.min(attempts, 1)',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'is stuck after as many attempts as it has, continues once an hour, and is not after the answer',
    },
  },
  {
    name: 'an operator undoes a saga after its pivot',
    mechanism: 'An operator cannot undo a saga after its pivot.',
    changes: [
      {
        file: 'sagas/machine/operator.ts',
        find: 'if (!canAbort(draft))',
        replace: "if (!canAbort(draft) && draft.id === '')",
      },
    ],
    noticedBy: {
      file: machine,
      title: 'cannot compensate after the pivot, skip a step that is done, or change an ended saga',
    },
  },
];
