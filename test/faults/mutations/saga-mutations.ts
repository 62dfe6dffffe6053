import type { Mutation } from './mutation.ts';

const machine = 'runtime/sagas/machine.test.ts';
const runner = 'runtime/sagas/runner.test.ts';
const bus = 'runtime/sagas/add-saga.test.ts';
const pruning = 'runtime/sagas/pruning.test.ts';
const participant = 'runtime/sagas/participant.test.ts';

/** Removes the mechanisms of sagas. */
export const sagaMutations: readonly Mutation[] = [
  {
    name: 'a saga starts in a transaction of its own',
    mechanism: 'An own event starts its saga in the transaction that publishes it.',
    changes: [
      {
        file: 'events/event-bus.ts',
        find: 'run: (definition, message, trx) => sagas.start(definition, startingEvent(message), trx),',
        replace:
          'run: (definition, message) => database.transaction((trx) => sagas.start(definition, startingEvent(message), trx)),',
      },
    ],
    noticedBy: {
      file: bus,
      title: 'starts in the transaction that publishes its event, or not at all, and once',
    },
  },
  {
    name: 'no lock per saga',
    mechanism: 'Two transactions never change one saga at the same time.',
    changes: [
      {
        file: 'sagas/store/lock.ts',
        find: 'if (missing.length === 0) return;',
        replace: 'if (missing.length >= 0) return;',
      },
    ],
    noticedBy: { file: runner, title: 'is changed by one transaction at a time', timeout: 60_000 },
  },
  {
    name: 'locks of sagas in any order',
    mechanism: 'Transactions that change several sagas do not deadlock.',
    changes: [
      {
        file: 'sagas/store/lock.ts',
        find: 'as saga (key) order by bucket',
        replace: 'as saga (key) order by bucket desc',
      },
    ],
    noticedBy: {
      file: runner,
      title: 'is locked in one order, in whatever order a batch names the sagas',
      timeout: 60_000,
    },
  },
  {
    name: 'each handler takes its own lock',
    mechanism: 'A batch takes the locks of all of its sagas before its first handler.',
    changes: [
      {
        file: 'events/consumer/batch.ts',
        find: 'await options.handlers.lock(unhandledIn(items, unseen), trx);',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'runtime/events/subscriptions.test.ts',
      title: 'takes the locks of all events of a batch before its first handler',
    },
  },
  {
    name: 'a timer is not taken',
    mechanism: 'A timer fires once, when it is due by the clock of the database.',
    changes: [{ file: 'sagas/running/runner.ts', find: 'if (!taken) return;', replace: '' }],
    noticedBy: { file: runner, title: 'fires a timer once, by the clock of the database' },
  },
  {
    name: 'a newer saga is a failure',
    mechanism: 'A release leaves a saga of a newer release to that release.',
    changes: [
      {
        file: 'events/handling/failure.ts',
        find: `if (error instanceof NewerStateError) return 'unknown version';`,
        replace: '',
      },
    ],
    noticedBy: { file: bus, title: 'leaves a saga of a newer release to that release' },
  },
  {
    name: 'an unanswered request is not canceled',
    mechanism: 'A step that was requested is canceled, also without an answer.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: `return status === 'requested' || status === 'succeeded'`,
        replace: `return status === 'succeeded'`,
      },
    ],
    noticedBy: { file: machine, title: 'cancels a step that was requested and not answered, first' },
  },
  {
    name: 'all steps are canceled at once',
    mechanism: 'Steps are undone in reverse order, one stage at a time.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: `    if (steps.some(({ name }) => draft.steps.get(name)?.status === 'compensating'))\n      return noteProgress(draft);`,
        replace: '',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'undoes the steps before a failed one in reverse order, one at a time',
    },
  },
  {
    name: 'reactions are not undone',
    mechanism: 'A step without a request is undone, although its turn never came.',
    changes: [
      {
        file: 'sagas/machine/backward.ts',
        find: `(status === 'pending' && !request)`,
        replace: 'false',
      },
    ],
    noticedBy: {
      file: 'runtime/sagas/machine-model.test.ts',
      title: 'do every step once, or none, whatever is lost, doubled, reordered or late',
    },
  },
  {
    name: 'a reply to any request counts',
    mechanism: 'A reply to an earlier request of a step is ignored.',
    changes: [
      {
        file: 'sagas/machine/transition.ts',
        find: `if (requestId !== undefined && requestId !== expected) return 'outdated';`,
        replace: '',
      },
    ],
    noticedBy: {
      file: machine,
      title: 'ignores a repeated reply, a reply to another request, and a reply after the end',
    },
  },
  {
    name: 'early replies are dropped',
    mechanism: 'A reply that arrives before its step is requested counts when it is.',
    changes: [{ file: 'sagas/machine/transition.ts', find: 'draft.early.push(reply);', replace: '' }],
    noticedBy: { file: machine, title: 'keeps an early reply, and applies it when its step is requested' },
  },
  {
    name: 'a refused step repeats its request id',
    mechanism: 'After the pivot, a refused step is requested again under another id.',
    changes: [
      {
        file: 'sagas/machine/forward.ts',
        find: `status === 'failed' ? group + 1 : group`,
        replace: 'group',
      },
    ],
    noticedBy: {
      file: machine,
      title:
        'after the pivot requests a refused step again with another id, and an unanswered one with the same id',
    },
  },
  {
    name: 'a repeated request is done again',
    mechanism: 'A participant does a request once, and repeats its answer.',
    changes: [
      {
        file: 'sagas/participant/participant.ts',
        find: 'if (!(await insertRequest(trx, requestId))) {',
        replace: 'if (!(await insertRequest(trx, requestId)) && requestId === "") {',
      },
    ],
    noticedBy: {
      file: participant,
      title: 'does a request once, and answers a repetition with the stored answer',
    },
  },
  {
    name: 'a cancel that comes first is not recorded',
    mechanism: 'A participant ignores a request whose cancel came first.',
    changes: [
      {
        file: 'sagas/participant/participant.ts',
        find: 'const isFirst = await insertRequest(trx, requestId);',
        replace: 'const isFirst = false;',
      },
    ],
    noticedBy: {
      file: participant,
      title: 'confirms a cancel that comes first, and then ignores the request',
    },
  },
  {
    name: 'a running saga is deleted',
    mechanism: 'A saga keeps its rows until its end, and for SAGA_RETENTION_DAYS after it.',
    changes: [
      {
        file: 'sagas/store/old-rows.ts',
        find: 'where ended_at >= ? and ended_at < ?\n      order by ended_at',
        replace:
          'where coalesce(ended_at, started_at) >= ? and coalesce(ended_at, started_at) < ?\n      order by ended_at',
      },
    ],
    noticedBy: {
      file: pruning,
      title: 'are deleted with their saga after the retention, and those of a running saga never',
    },
  },
  {
    name: 'old early replies of running sagas are deleted',
    mechanism: 'An early reply of a running saga is kept until its step is requested.',
    changes: [
      {
        file: 'sagas/store/old-rows.ts',
        find: 'and not exists (select from saga_instances as instance where instance.saga = early.saga and instance.id = early.id)',
        replace: '',
      },
    ],
    noticedBy: {
      file: pruning,
      title: 'include early replies that no saga has got, and not those of a running saga',
    },
  },
  {
    name: 'the age of a request counts from its first receipt',
    mechanism: 'A participant keeps a request for SAGA_REQUEST_RETENTION_DAYS after it was last received.',
    changes: [
      {
        file: 'sagas/participant/requests.ts',
        find: 'update saga_requests set used_at = now() where',
        replace: 'update saga_requests set used_at = used_at where',
      },
    ],
    noticedBy: {
      file: participant,
      title: 'keeps the record of a request that is received again',
      timeout: 60_000,
    },
  },
  {
    name: 'replicas that prune wait for each other',
    mechanism: 'A replica that deletes old sagas waits for no other transaction.',
    changes: [
      {
        file: 'sagas/store/old-rows.ts',
        find: 'order by ended_at limit ? for update skip locked',
        replace: 'order by ended_at limit ? for update',
      },
    ],
    noticedBy: {
      file: pruning,
      title: 'are deleted by several replicas at once, and no replica waits',
    },
  },
];
