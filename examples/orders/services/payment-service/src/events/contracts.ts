import type { EventContracts } from 'microservice-runtime';
import * as paymentEvents from './payment-events.ts';
import * as paymentReplies from './payment-replies.ts';
import * as paymentRequests from './payment-requests.ts';

/** All events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: Object.values({
    ...paymentEvents,
    ...paymentReplies,
  }),
  consumed: Object.values({
    ...paymentRequests,
  }),
};
