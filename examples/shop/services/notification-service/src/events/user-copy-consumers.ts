import type { EventBus } from 'microservice-runtime';
import type { UserCopyService } from '../services/user-copy-service.ts';
import { userCreated, userUpdated, userDeleted } from './user-copy-events.ts';

/**
 * Registers the handlers of user-service's events. A handler runs in the transaction that records the event as handled.
 * Do all database work through `trx`, and its effect happens exactly once, however often Kafka delivers the event.
 */
export function registerUserCopyConsumers(bus: EventBus, userCopies: UserCopyService): void {
  bus.on(userCreated, (event, trx) => userCopies.keep(event.subject, event.data, trx));
  bus.on(userUpdated, (event, trx) => userCopies.keep(event.subject, event.data, trx));
  bus.on(userDeleted, (event, trx) => userCopies.forget(event.subject, trx));
}
