import type { EventContracts } from 'microservice-runtime';
import * as userEvents from './user-events.ts';

/**
 * The events that this service publishes and consumes: all that the files export. `npm run contracts` writes them to asyncapi.json
 * for other teams.
 */
export const contracts: EventContracts = {
  published: Object.values({
    ...userEvents,
  }),
  consumed: [],
};
