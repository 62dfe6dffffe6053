import type { EventContracts } from 'microservice-runtime';
import { userCreated, userUpdated, userDeleted } from './user-copy-events.ts';

/** What this service promises and expects. `npm run contracts` writes it to asyncapi.json, where other teams read it. */
export const contracts: EventContracts = {
  published: [],
  consumed: [userCreated, userUpdated, userDeleted],
};
