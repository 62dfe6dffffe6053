import type { Knex } from 'knex';
import { up as createInbox } from '../../src/runtime/tables/event-inbox.ts';
import { importRuntime } from './support/checkout.ts';
import type { Figures } from './support/measurement.ts';
import { withDatabase } from './support/postgres.ts';

export const sentence = 'the inbox is pruned while an old snapshot, such as that of a backup, sees every row';

const rows = 200_000;
const batchSize = 1_000;
const compared = 20;

interface Inbox {
  pruneInbox: (
    database: Knex,
    before: Date,
    options: { batchSize: number; stopped: () => boolean },
  ) => Promise<number>;
}

const fill = `
  insert into event_inbox (consumer_group, source, event_id, topic, received_at)
  select 'group', 'source', gen_random_uuid()::text, 'topic', timestamp '2026-01-01' + number * interval '1 ms'
  from generate_series(1, ?) as number`;

/** Milliseconds of each batch: `stopped` is called before each batch. */
async function batchTimes(database: Knex, { pruneInbox }: Inbox): Promise<number[]> {
  const begun: number[] = [];
  const stopped = (): boolean => begun.push(performance.now()) < 0;
  await pruneInbox(database, new Date(), { batchSize, stopped });
  return begun.slice(1).map((at, index) => at - (begun[index] ?? at));
}

export const measure = (checkout: string): Promise<Figures> =>
  withDatabase(async (database) => {
    const inbox = await importRuntime<Inbox>(checkout, 'events/inbox/inbox.ts', 'events/inbox.ts');
    await createInbox(database);
    await database.raw(fill, [rows]);
    await database.raw('vacuum analyze event_inbox');
    const backup = await database.transaction({ isolationLevel: 'repeatable read' });
    await backup.raw('select count(*) from event_inbox');
    const times = await batchTimes(database, inbox);
    await backup.rollback();
    const mean = (of: number[]): number => of.reduce((sum, time) => sum + time, 0) / of.length;
    return {
      [`ms a batch of ${batchSize}, the first ${compared}`]: mean(times.slice(0, compared)),
      [`ms a batch, the last ${compared}`]: mean(times.slice(-compared)),
      'seconds in all': times.reduce((sum, time) => sum + time, 0) / 1_000,
    };
  });
