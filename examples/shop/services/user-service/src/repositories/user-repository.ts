import type { Knex } from 'knex';
import { conflictOn, keysOf, pageFinder, type Page } from 'microservice-runtime';
import type { NewUser, User, UserChanges, UserQuery } from '../models/user.ts';
import { userSchema } from '../schemas/user-schema.ts';

const columns = keysOf(userSchema);
const findPage = pageFinder(userSchema);
const conflict = conflictOn<NewUser>({ users_email_unique: 'email' });

export type UserRepository = ReturnType<typeof createUserRepository>;

/** All SQL for users. A call without `trx` is its own transaction. */
export const createUserRepository = (database: Knex) => ({
  find: async (id: string, trx: Knex = database): Promise<User | undefined> =>
    trx('users').where({ id }).first(columns),

  /** Finds and locks a user: other transactions cannot change the row until this one ends. */
  lock: async (id: string, trx: Knex): Promise<User | undefined> =>
    trx('users').where({ id }).forUpdate().first(columns),

  /** Oldest first, unless the query states another order. */
  list: async (query: UserQuery, trx: Knex = database): Promise<Page<User>> =>
    findPage(trx('users').select(columns), query),

  insert: async (newUser: NewUser, trx: Knex = database): Promise<User> => {
    const [row] = await trx('users').insert(newUser).returning(columns).catch(conflict);
    return row;
  },

  update: async (id: string, changes: UserChanges, trx: Knex = database): Promise<User | undefined> => {
    const values = { ...changes, updatedAt: trx.fn.now(3) };
    const [row] = await trx('users').where({ id }).update(values).returning(columns).catch(conflict);
    return row;
  },

  /** Resolves to the stored id, or to undefined if no row has the id. */
  remove: async (id: string, trx: Knex = database): Promise<string | undefined> => {
    const [row] = await trx('users').where({ id }).delete().returning('id');
    return row?.id;
  },
});
