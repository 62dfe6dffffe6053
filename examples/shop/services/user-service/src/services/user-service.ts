import type { Knex } from 'knex';
import { NotFoundError, type Precondition } from 'microservice-runtime';
import type { UserPublisher } from '../events/user-publisher.ts';
import type { NewUser, UserChanges, UserQuery } from '../models/user.ts';
import type { UserRepository } from '../repositories/user-repository.ts';

interface Dependencies {
  database: Knex;
  users: UserRepository;
  publish: UserPublisher;
}

export type UserService = ReturnType<typeof createUserService>;

/** One transaction saves each change and its event: both or neither. Within a transaction that you pass, it is a savepoint. */
export function createUserService({ database, users, publish }: Dependencies) {
  /** Locks the row before it checks the precondition, so that no other transaction can change it in between. */
  async function checkPrecondition(precondition: Precondition, id: string, trx: Knex) {
    const user = await users.lock(id, trx);
    if (!user) throw notFound(id);
    precondition(user);
  }

  return {
    list: (query: UserQuery, trx?: Knex) => users.list(query, trx),

    get: async (id: string, trx?: Knex) => {
      const user = await users.find(id, trx);
      if (!user) throw notFound(id);
      return user;
    },

    create: (newUser: NewUser, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        const user = await users.insert(newUser, trx);
        await publish.created(user, trx);
        return user;
      }),

    update: (id: string, changes: UserChanges, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const user = await users.update(id, changes, trx);
        if (!user) throw notFound(id);
        await publish.updated(user, trx);
        return user;
      }),

    remove: (id: string, precondition?: Precondition, outer: Knex = database) =>
      outer.transaction(async (trx) => {
        if (precondition) await checkPrecondition(precondition, id, trx);
        const removedId = await users.remove(id, trx);
        if (!removedId) throw notFound(id);
        await publish.deleted(removedId, trx);
      }),
  };
}

const notFound = (id: string) => new NotFoundError(`No user has the id ${id}`);
