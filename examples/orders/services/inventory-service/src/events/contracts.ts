import type { EventContracts } from 'microservice-runtime';
import * as itemEvents from './item-events.ts';
import * as inventoryReplies from './inventory-replies.ts';
import * as inventoryRequests from './inventory-requests.ts';

/** All events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: Object.values({
    ...itemEvents,
    ...inventoryReplies,
  }),
  consumed: Object.values({
    ...inventoryRequests,
  }),
};
