import type { EventBusOptions } from 'microservice-runtime';

/** A failing event is tried again within half a second, a dead replica is missed after seconds, and a dead letter takes seconds instead of an hour. */
export const impatient: NonNullable<EventBusOptions['consumer']> = {
  sessionTimeout: 4_000,
  parkDelay: { first: 100, max: 500 },
  parkedPoll: 200,
  parkedTries: 14,
};
