import type { EventContracts } from 'microservice-runtime';
import * as orderEvents from './order-events.ts';
import * as placeOrderReplies from './place-order-replies.ts';
import * as placeOrderRequests from './place-order-requests.ts';

/** All events that this service publishes and consumes. `npm run contracts` writes them to asyncapi.json for other teams. */
export const contracts: EventContracts = {
  published: Object.values({
    ...orderEvents,
    ...placeOrderRequests,
  }),
  consumed: Object.values({
    ...placeOrderReplies,
  }),
};
