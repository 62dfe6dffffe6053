import type { EventBus } from 'microservice-runtime';
import type { UserCopyService } from '../services/user-copy-service.ts';
import { userCreated, userUpdated, userDeleted } from './user-copy-events.ts';

interface Services {
  userCopies: UserCopyService;
}

/**
 * What this service does when something happened elsewhere. A handler and the memory that it ran are one transaction, so do
 * its work with `trx`: its effect then happens once, however often Kafka delivers the event.
 */
export function registerConsumers(bus: EventBus, { userCopies }: Services): void {
  bus.on(userCreated, (event, trx) => userCopies.keep(event.subject, event.data, trx));
  bus.on(userUpdated, (event, trx) => userCopies.keep(event.subject, event.data, trx));
  bus.on(userDeleted, (event, trx) => userCopies.forget(event.subject, trx));
}
