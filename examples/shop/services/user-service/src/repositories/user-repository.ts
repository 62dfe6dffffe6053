import type { Knex } from 'knex';
import { toPage, type Page, type PageQuery } from 'microservice-runtime';
import type { NewUser, User, UserChanges } from '../models/user.ts';

const columns = [
  'id',
  'email',
  'name',
  'age',
  'active',
  'created_at as createdAt',
  'updated_at as updatedAt',
];

export type UserRepository = ReturnType<typeof createUserRepository>;

/** All SQL for users. A call without `trx` is its own transaction. */
export const createUserRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<User | undefined> => {
    const row: UserRow | undefined = await trx('users').where({ id }).first(columns);
    return row && toUser(row);
  },

  /** Finds and locks a user: other transactions cannot change the row until this one ends. */
  lock: async (id: string, trx: Knex): Promise<User | undefined> => {
    const row: UserRow | undefined = await trx('users').where({ id }).forUpdate().first(columns);
    return row && toUser(row);
  },

  /** Oldest first. */
  list: async ({ limit, after }: PageQuery, trx: Knex = database): Promise<Page<User>> => {
    const rows: UserRow[] = await trx('users')
      .select(columns)
      .modify((query) => {
        if (after) void query.whereRaw('(created_at, id) > (?, ?)', [...after]);
      })
      .orderBy(['created_at', 'id'])
      .limit(limit + 1);
    return toPage(rows.map(toUser), limit, ({ createdAt }) => createdAt);
  },

  insert: async (newUser: NewUser, trx: Knex = database): Promise<User> => {
    const [row]: UserRow[] = await trx('users').insert(toRow(newUser)).returning(columns);
    return toUser(row!);
  },

  update: async (id: string, changes: UserChanges, trx: Knex = database): Promise<User | undefined> => {
    const [row]: UserRow[] = await trx('users')
      .where({ id })
      .update({ ...toRow(changes), updated_at: trx.fn.now(3) })
      .returning(columns);
    return row && toUser(row);
  },

  /** Resolves to the id as stored, or undefined if there was no row. */
  remove: async (id: string, trx: Knex = database): Promise<string | undefined> => {
    const [row]: { id: string }[] = await trx('users').where({ id }).delete().returning('id');
    return row?.id;
  },
});

type UserRow = Omit<User, 'createdAt' | 'updatedAt'> & {
  createdAt: Date;
  updatedAt: Date;
};

const toUser = (row: UserRow): User => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

const toRow = (user: UserChanges) => ({
  email: user.email,
  name: user.name,
  age: user.age,
  active: user.active,
});
