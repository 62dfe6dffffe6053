import type { Knex } from 'knex';
import { NotFoundError, type PageQuery, type Precondition } from 'microservice-runtime';
import type { UserPublisher } from '../events/publishers.ts';
import type { NewUser, UserChanges } from '../models/user.ts';
import type { UserRepository } from '../repositories/user-repository.ts';

interface Dependencies {
  database: Knex;
  users: UserRepository;
  publish: UserPublisher;
}

export type UserService = ReturnType<typeof createUserService>;

/** One transaction saves each change and its event: both or neither. */
export const createUserService = ({ database, users, publish }: Dependencies) => ({
  list: (query: PageQuery) => users.list(query),

  get: async (id: string) => (await users.find(id)) ?? notFound(id),

  create: (newUser: NewUser) =>
    database.transaction(async (trx) => {
      const user = await users.insert(newUser, trx);
      await publish.created(user, trx);
      return user;
    }),

  update: (id: string, changes: UserChanges, precondition?: Precondition) =>
    database.transaction(async (trx) => {
      precondition?.((await users.lock(id, trx)) ?? notFound(id));
      const user = (await users.update(id, changes, trx)) ?? notFound(id);
      await publish.updated(user, trx);
      return user;
    }),

  remove: (id: string, precondition?: Precondition) =>
    database.transaction(async (trx) => {
      precondition?.((await users.lock(id, trx)) ?? notFound(id));
      const removedId = (await users.remove(id, trx)) ?? notFound(id);
      await publish.deleted(removedId, trx);
    }),
});

function notFound(id: string): never {
  throw new NotFoundError(`No user has the id ${id}`);
}
