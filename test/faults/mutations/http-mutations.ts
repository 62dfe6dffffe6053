import type { Mutation } from './mutation.ts';

/** What HTTP promises to those who send a request. */
export const httpMutations: readonly Mutation[] = [
  {
    name: 'idle connections are closed at once',
    mechanism: 'A request that was sent before a service stops is answered.',
    changes: [
      {
        file: '../http/connections.ts',
        find: 'closeIdle(open, state, grace);',
        replace: 'closeIdle(open, state, Math.min(grace, 0));',
      },
    ],
    noticedBy: {
      file: 'runtime/http/shutdown.test.ts',
      title: 'loses no request of clients that go on until they are told to stop',
    },
  },
  {
    name: 'any state meets If-Match',
    mechanism: 'Of several changes on the condition of one entity tag, one is made.',
    changes: [
      {
        file: '../http/entity-tags.ts',
        find: 'if (!wanted.includes(entityTag(current)))',
        replace: 'if (wanted.length === 0 && current)',
      },
    ],
    noticedBy: {
      file: 'runtime/http/entity-tags.test.ts',
      title: 'lets one of many changes win that know the same representation',
    },
  },
];
