import type { Knex } from 'knex';
import { toPage, type Page, type PageQuery } from 'microservice-runtime';
import type { UserCopy, UserCopyData } from '../models/user-copy.ts';

const columns = ['id', 'email', 'name', 'age', 'active', 'copied_at as copiedAt'];

export type UserCopyRepository = ReturnType<typeof createUserCopyRepository>;

/** All SQL for the copies of users. A call without `trx` is its own transaction. */
export const createUserCopyRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<UserCopy | undefined> => {
    const row: UserCopyRow | undefined = await trx('user_copies').where({ id }).first(columns);
    return row && toUserCopy(row);
  },

  /** Oldest copy first. */
  list: async ({ limit, after }: PageQuery, trx: Knex = database): Promise<Page<UserCopy>> => {
    const rows: UserCopyRow[] = await trx('user_copies')
      .select(columns)
      .modify((query) => {
        if (after) void query.whereRaw('(copied_at, id) > (?, ?)', [...after]);
      })
      .orderBy(['copied_at', 'id'])
      .limit(limit + 1);
    return toPage(rows.map(toUserCopy), limit, ({ copiedAt }) => copiedAt);
  },

  /** Inserts or updates the copy. */
  save: async (id: string, data: UserCopyData, trx: Knex = database): Promise<void> => {
    await trx('user_copies')
      .insert({ id, ...toRow(data) })
      .onConflict('id')
      .merge();
  },

  remove: async (id: string, trx: Knex = database): Promise<void> => {
    await trx('user_copies').where({ id }).delete();
  },
});

type UserCopyRow = Omit<UserCopy, 'copiedAt'> & {
  copiedAt: Date;
};

const toUserCopy = (row: UserCopyRow): UserCopy => ({
  ...row,
  copiedAt: row.copiedAt.toISOString(),
});

const toRow = (data: UserCopyData) => ({
  email: data.email,
  name: data.name,
  age: data.age,
  active: data.active,
});
