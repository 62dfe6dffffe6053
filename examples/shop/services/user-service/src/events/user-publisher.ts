import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import type { User } from '../models/user.ts';
import { userCreated, userDeleted, userUpdated } from './user-events.ts';

export type UserPublisher = ReturnType<typeof createUserPublisher>;

/** Publishes in the transaction that changes the user. Kafka gets the event only after the commit. */
export const createUserPublisher = (bus: EventBus) => ({
  created: (user: User, trx: Knex.Transaction) => bus.publish(userCreated.of(user.id, user), trx),
  updated: (user: User, trx: Knex.Transaction) => bus.publish(userUpdated.of(user.id, user), trx),
  deleted: (id: string, trx: Knex.Transaction) => bus.publish(userDeleted.of(id, { id }), trx),
});
