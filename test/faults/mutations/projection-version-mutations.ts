import type { Mutation } from './mutation.ts';

const projections = 'runtime/projections/projections.test.ts';
const operations = 'runtime/projections/switch.test.ts';

/** Removes the rules about the versions of a projection, from a deploy to a drop. */
export const projectionVersionMutations: readonly Mutation[] = [
  {
    name: 'a deploy switches the version',
    mechanism: 'A deploy does not change the version that is read.',
    changes: [
      {
        file: 'projections/store/versions.ts',
        find: 'values (?, ?) on conflict do nothing',
        replace: 'values (?, ?) on conflict (projection) do update set active = excluded.active',
      },
    ],
    noticedBy: {
      file: projections,
      title: 'leaves a new version alone until its rebuild begins, and reads the active one meanwhile',
      timeout: 60_000,
    },
  },
  {
    name: 'a version that waits consumes',
    mechanism: 'A version that waits for its rebuild has no consumer, so no replica waits for it.',
    changes: [
      {
        file: 'events/consumer/groups.ts',
        find: 'if (!waiting.has(groupId)) running.begin(groupId);',
        replace: 'running.begin(groupId);',
      },
    ],
    noticedBy: {
      file: projections,
      title: 'leaves a new version alone until its rebuild begins, and reads the active one meanwhile',
      timeout: 60_000,
    },
  },
  {
    name: 'a second rebuild',
    mechanism: 'A second rebuild is refused.',
    changes: [
      {
        file: 'projections/operations/rebuild.ts',
        find: 'if (building)',
        replace: 'if (building && !found)',
      },
    ],
    noticedBy: { file: operations, title: 'begins a rebuild at the first offset of each partition' },
  },
  {
    name: 'a release reads any version that it defines',
    mechanism: 'A release that does not define the active version answers 503.',
    changes: [
      {
        file: 'projections/running/reader.ts',
        find: 'if (found) return found;',
        replace: 'if (definitions[0]) return found ?? definitions[0];',
      },
    ],
    noticedBy: {
      file: projections,
      title: 'answers 503 for an active version that this release does not define',
      timeout: 60_000,
    },
  },
  {
    name: 'an operation that waits for a lock without limit',
    mechanism: 'A switch gives up after 2 s of waiting for a lock.',
    changes: [
      {
        file: 'projections/operations/locked.ts',
        find: "set local lock_timeout = '${patience}ms'",
        replace: "set local lock_timeout = '${patience * 0}ms'",
      },
    ],
    noticedBy: {
      file: operations,
      title: 'gives up if the active version is locked for longer than it may wait',
      timeout: 10_000,
    },
  },
  {
    name: 'the number of a dropped version is used again',
    mechanism: 'The number of a dropped version cannot be used again.',
    changes: [
      {
        file: 'projections/store/versions.ts',
        find: `cast(? as jsonb), 'waiting') on conflict do nothing`,
        replace: `cast(? as jsonb), 'waiting') on conflict (projection, version) do update
          set status = 'waiting' where projection_versions.status = 'dropped'`,
      },
    ],
    noticedBy: { file: operations, title: 'does not use the number of a dropped version again' },
  },
  {
    name: 'a dropped version keeps its group',
    mechanism: 'A version is dropped with its positions, its inbox and its parked events.',
    changes: [
      {
        file: 'projections/operations/drop.ts',
        find: 'await forgetGroup(trx, dropped.group);',
        replace: 'void forgetGroup;',
      },
    ],
    noticedBy: { file: operations, title: 'drops a version only when its batch has ended' },
  },
  {
    name: 'a large batch that failed is handled event by event',
    mechanism: 'A large batch that failed is handled again in batches of the usual size.',
    changes: [
      {
        file: 'events/consumer/batch-selection.ts',
        find: 'size = usual;\n      return true;',
        replace: 'return false;',
      },
    ],
    noticedBy: {
      file: 'runtime/events/batch-selection.test.ts',
      title:
        'are repeated in the usual size after a large one failed as a whole, and then stay below its size',
    },
  },
];
