import type { Knex } from 'knex';
import { keysOf, toPage, type Page, type PageQuery } from 'microservice-runtime';
import type { UserCopy, UserCopyData } from '../models/user-copy.ts';
import { userCopySchema } from '../schemas/user-copy-schema.ts';

const columns = keysOf(userCopySchema);
// `copiedAt` keeps the time of the first copy.
const changing = columns.filter((column) => column !== 'copiedAt');

export type UserCopyRepository = ReturnType<typeof createUserCopyRepository>;

/** All SQL for the copies of users. A call without `trx` is its own transaction. */
export const createUserCopyRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<UserCopy | undefined> =>
    trx('user_copies').where({ id }).first(columns),

  /** Oldest copy first. */
  list: async ({ limit, after }: PageQuery, trx: Knex = database): Promise<Page<UserCopy>> => {
    const query = trx('user_copies')
      .select(columns)
      .orderBy(['copiedAt', 'id'])
      .limit(limit + 1);
    if (after) query.whereRaw('(copied_at, id) > (?, ?)', [...after]);
    return toPage(await query, limit, ({ copiedAt }) => copiedAt);
  },

  /** Inserts or updates the copy. A field that `data` does not have becomes null. */
  save: async (id: string, data: UserCopyData, trx: Knex = database): Promise<void> => {
    await trx('user_copies')
      .insert({ ...data, id })
      .onConflict('id')
      .merge(changing);
  },

  remove: async (id: string, trx: Knex = database): Promise<void> => {
    await trx('user_copies').where({ id }).delete();
  },
});
