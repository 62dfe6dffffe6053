import type { Knex } from 'knex';
import { FOR_GOOD } from './behavior.ts';

/** Fails as often as `times` for this work. `database` is not the transaction of the work, since the count survives a rollback. */
export async function failFirst(database: Knex, work: string, times: number): Promise<void> {
  if (times === 0) return;
  const [row] = await database('failures')
    .insert({ work, tries: 1 })
    .onConflict('work')
    .merge({ tries: database.raw('failures.tries + 1') })
    .returning<{ tries: number }[]>('tries');
  if ((row?.tries ?? 0) <= times) throw new Error(`${work} fails on purpose`);
}

/** Lets all work succeed from now on. */
export const cure = (database: Knex): Promise<unknown> => database('failures').update({ tries: FOR_GOOD });
