import type { EventContracts } from 'microservice-runtime';
import * as userEvents from './user-events.ts';

/** All events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: Object.values({
    ...userEvents,
  }),
  consumed: Object.values({}),
};
