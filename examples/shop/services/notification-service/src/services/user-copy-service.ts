import type { Knex } from 'knex';
import { NotFoundError, type PageQuery } from 'microservice-runtime';
import type { UserCopyData } from '../models/user-copy.ts';
import type { UserCopyRepository } from '../repositories/user-copy-repository.ts';

export type UserCopyService = ReturnType<typeof createUserCopyService>;

/** Users of user-service, copied from its events. */
export const createUserCopyService = (copies: UserCopyRepository) => ({
  list: (query: PageQuery, trx?: Knex) => copies.list(query, trx),

  get: async (id: string, trx?: Knex) => {
    const copy = await copies.find(id, trx);
    if (!copy) throw new NotFoundError(`No copy of a user has the id ${id}`);
    return copy;
  },

  keep: (id: string, data: UserCopyData, trx?: Knex) => copies.save(id, data, trx),

  forget: (id: string, trx?: Knex) => copies.remove(id, trx),
});
