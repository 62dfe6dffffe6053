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
];
