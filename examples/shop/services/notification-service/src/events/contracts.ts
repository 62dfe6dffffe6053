import type { EventContracts } from 'microservice-runtime';
import { userCreated, userUpdated, userDeleted } from './user-copy-events.ts';

/** The events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: [],
  consumed: [userCreated, userUpdated, userDeleted],
};
