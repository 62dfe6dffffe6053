import type { Mutation } from './mutation.ts';

const runner = 'runtime/sagas/runner.test.ts';
const bus = 'runtime/sagas/add-saga.test.ts';
const participant = 'runtime/sagas/participant.test.ts';

/** Removes mechanisms that start, continue and store sagas. */
export const sagaRunningMutations: readonly Mutation[] = [
  {
    name: 'a saga starts for each event',
    mechanism: 'A saga starts once for each id.',
    changes: [
      {
        file: 'sagas/running/runner.ts',
        find: "if (!isNew) return metrics.ignored(saga, 'started before');",
        replace: '',
      },
    ],
    noticedBy: { file: runner, title: 'starts once for each id' },
  },
  {
    name: 'a deadlock fails the start of a saga',
    mechanism: 'A start in a transaction of its own is repeated after a deadlock.',
    changes: [
      {
        file: 'events/outbox/own-transaction.ts',
        find: 'if (!isConflict(error) || attempt === OWN_ATTEMPTS) throw error;',
        replace: 'if (attempt > 0 || !isConflict(error) || attempt === OWN_ATTEMPTS) throw error;',
      },
    ],
    noticedBy: { file: bus, title: 'starts again after a deadlock with another transaction' },
  },
  {
    name: 'replies before the saga are dropped',
    mechanism: "A reply that arrives before a saga of another service's event counts when the saga starts.",
    changes: [
      {
        file: 'sagas/running/runner.ts',
        find: 'const early = isOwn ? [] : await loadEarly(trx, saga, id);',
        replace: 'const early = isOwn ? [] : (await loadEarly(trx, saga, id)).slice(0, 0);',
      },
    ],
    noticedBy: {
      file: bus,
      title: 'starts with an event of another service, and applies a reply that came before it',
      timeout: 20000,
    },
  },
  {
    name: 'an empty id is the id of a saga',
    mechanism: 'An event without the id of its saga is a dead letter.',
    changes: [
      {
        file: 'sagas/definition/reply.ts',
        find: "if (typeof id === 'string' && id !== '' && id.length",
        replace: "if (typeof id === 'string' && id.length",
      },
    ],
    noticedBy: { file: bus, title: 'makes an event without an id of its saga a dead letter', timeout: 20000 },
  },
  {
    name: 'an end without its handler',
    mechanism: 'A saga whose end has a handler ends in the transaction of that handler.',
    changes: [
      {
        file: 'sagas/running/runner.ts',
        find: 'if (isEnd) await endings[status]?.({ id, state }, trx);',
        replace: "if (isEnd && id === '') await endings[status]?.({ id, state }, trx);",
      },
    ],
    noticedBy: {
      file: bus,
      title: 'starts with its event, requests each step in another service, and ends with its handler',
    },
  },
  {
    name: 'removed steps are not noticed',
    mechanism: 'The service warns at its start of a removed step that running sagas have.',
    changes: [
      {
        file: 'sagas/running/sagas.ts',
        find: `      await warnOfRemoved(\n        database,\n        [...runners.values()].map(({ definition }) => definition),\n        logger,\n      );\n`,
        replace: '',
      },
    ],
    noticedBy: {
      file: bus,
      title: 'warns at its start of a step that running sagas have and the release has not',
    },
  },
  {
    name: 'timers of newer releases are due',
    mechanism: 'A release leaves the timers of a newer release to that release.',
    changes: [
      {
        file: 'sagas/store/timers.ts',
        find: 'where due_at <= statement_timestamp() and ${isKnown}',
        replace: 'where due_at <= statement_timestamp() and (true or ${isKnown})',
      },
    ],
    noticedBy: { file: runner, title: 'has no due timer for an older release' },
  },
  {
    name: 'the state keeps its version',
    mechanism: 'The state of a saga is converted to the version of the release.',
    changes: [
      {
        file: 'sagas/store/state.ts',
        find: 'state = upcast({ ...(state as Record<string, unknown>) });',
        replace: 'upcast({ ...(state as Record<string, unknown>) });',
      },
    ],
    noticedBy: { file: runner, title: 'lifts the state of an older version' },
  },
  {
    name: 'a failing timer stays first',
    mechanism: 'A timer that fails delays no other timer.',
    changes: [
      {
        file: 'sagas/running/timer-worker.ts',
        find: 'await postponeTimer(database, timer, error);',
        replace: '',
      },
    ],
    noticedBy: { file: runner, title: 'postpones a timer that fails, and fires the others', timeout: 20000 },
  },
  {
    name: 'undoing a refused request',
    mechanism: 'A refused request is not undone.',
    changes: [
      {
        file: 'sagas/participant/participant.ts',
        find: "if (known?.status === 'done') await undo(event, trx);",
        replace: 'if (known) await undo(event, trx);',
      },
    ],
    noticedBy: { file: participant, title: 'undoes nothing of a refused request', timeout: 20000 },
  },
];
