import type { Mutation } from './mutation.ts';

const projections = 'runtime/projections/projections.test.ts';
const headers = 'runtime/projections/read-your-writes.test.ts';
const operations = 'runtime/projections/switch.test.ts';

/** Removes the mechanisms of projections. */
export const projectionMutations: readonly Mutation[] = [
  {
    name: 'a handler of a projection may publish',
    mechanism: 'A handler of a projection cannot publish.',
    changes: [
      {
        file: 'context/without-publishing.ts',
        find: 'return storage.run(of, work);',
        replace: 'return of === undefined ? storage.run(of, work) : work();',
      },
    ],
    noticedBy: { file: projections, title: 'refuses to publish in a handler, and parks the event' },
  },
  {
    name: 'a new version begins at once',
    mechanism: 'A new version begins when its rebuild does.',
    changes: [
      {
        file: 'projections/running/version-watch.ts',
        find: 'else if (version.version === version.active) {',
        replace: 'else {',
      },
    ],
    noticedBy: {
      file: projections,
      title: 'leaves a new version alone until its rebuild begins, and reads the active one meanwhile',
      timeout: 60_000,
    },
  },
  {
    name: 'a read of two instants',
    mechanism: 'A read finds the active version and its rows at one instant.',
    changes: [
      {
        file: 'projections/running/reader.ts',
        find: `isolationLevel: 'repeatable read',`,
        replace: `isolationLevel: 'read committed',`,
      },
    ],
    noticedBy: {
      file: projections,
      title: 'reads one instant, also while another version becomes active',
      timeout: 60_000,
    },
  },
  {
    name: 'a switch to a version that is behind',
    mechanism: 'A version that is behind in a partition does not become active.',
    changes: [
      {
        file: 'projections/operations/switch.ts',
        find: 'await untilPassed(trx, active, target, until);',
        replace: 'void [untilPassed, until];',
      },
    ],
    noticedBy: { file: operations, title: 'does not switch to a version that is behind in one partition' },
  },
  {
    name: 'a switch without locked positions',
    mechanism: 'The active version stands still during a switch.',
    changes: [
      {
        file: 'projections/operations/switch.ts',
        find: 'await lockPositions(trx, active.group);',
        replace: 'void lockPositions;',
      },
    ],
    noticedBy: {
      file: operations,
      title: 'holds the active version still while it waits, and switches once the new one has passed it',
      timeout: 60_000,
    },
  },
  {
    name: 'a switch despite parked keys',
    mechanism: 'A parked key prevents a switch until it is named.',
    changes: [
      {
        file: 'projections/operations/switch.ts',
        find: 'await checkParked(trx, target, force);',
        replace: 'void [checkParked, force];',
      },
    ],
    noticedBy: {
      file: operations,
      title: 'does not switch to a version with a parked key, unless the key is named',
    },
  },
  {
    name: 'a rebuild without the deleted events',
    mechanism: 'A rebuild that would lack events is refused.',
    changes: [
      {
        file: 'projections/operations/rebuild.ts',
        find: 'if (missing.length > 0 && !request.partial)',
        replace: 'if (missing.length < 0)',
      },
    ],
    noticedBy: { file: operations, title: 'refuses a rebuild that would lack events, unless it is partial' },
  },
  {
    name: 'a dropped version handles events',
    mechanism: 'A version that was dropped handles no event.',
    changes: [
      {
        file: 'projections/store/versions.ts',
        find: `and status = 'live' for key share`,
        replace: '',
      },
    ],
    noticedBy: { file: operations, title: 'drops a version only when its batch has ended' },
  },
  {
    name: 'a refusal names an event',
    mechanism: 'An answer names the last event of its request, unless it is a refusal.',
    changes: [
      {
        file: 'http/requests/last-event.ts',
        find: 'if (status < 400 && context.lastEvent',
        replace: 'if (context.lastEvent',
      },
    ],
    noticedBy: {
      file: headers,
      title: 'name no event of a refusal, and answer 400 to a header that does not name one event',
      timeout: 60_000,
    },
  },
  {
    name: 'a GET that does not wait for its event',
    mechanism: 'A GET with Wait-For-Event waits until the projection has handled the event.',
    changes: [
      {
        file: 'projections/running/reader.ts',
        find: 'if (rows[0]) return !rows[0].parked;',
        replace: 'if (rows[0] || until > 0) return true;',
      },
    ],
    noticedBy: { file: headers, title: 'lead from a change to an answer that contains it', timeout: 60_000 },
  },
];
