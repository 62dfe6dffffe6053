import type { EventContracts } from 'microservice-runtime';
import { userCreated, userDeleted, userUpdated } from './user-events.ts';

/** The events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: [userCreated, userUpdated, userDeleted],
  consumed: [],
};
