import joi from 'joi';
import { defineEvent, type EventDefinition } from 'microservice-runtime';

export interface Requested {
  requestId: string;
  total: number;
}

export interface Answer {
  orderId: string;
  requestId: string;
}

/** The services that take part, in the order of their steps. */
export const steps = ['payment', 'inventory', 'shipping'] as const;
export type Step = (typeof steps)[number];

export const orderCreated = define('order.created', joi.object<{ total: number }>({ total: joi.number() }));
export const orderConfirmed = define('order.confirmed', joi.object<object>({}));

const requested = joi.object<Requested>({
  requestId: joi.string().required(),
  total: joi.number().required(),
});
const answer = joi.object<Answer>({ orderId: joi.string().required(), requestId: joi.string().required() });

export const requests = eachStep((step) => define(`order.${step}-requested`, requested));
export const cancels = eachStep((step) => define(`order.${step}-cancelled`, requested));
export const successes = eachStep((step) => define(`${step}.succeeded`, answer));
export const undone = eachStep((step) => define(`${step}.undone`, answer));

/** The events of the order service, and those of the services that answer it. */
export const ofOrders: EventDefinition[] = [
  ...[orderCreated, orderConfirmed],
  ...[requests, cancels].flatMap((events) => Object.values(events)),
];
export const ofParticipants: EventDefinition[] = [successes, undone].flatMap((events) =>
  Object.values(events),
);

function define<T>(type: string, schema: joi.ObjectSchema<T>): EventDefinition<T> {
  const [aggregate = ''] = type.split('.');
  return defineEvent({ type, schema, version: 1, topic: `${aggregate}.events`, aggregate });
}

function eachStep<T>(of: (step: Step) => T): Record<Step, T> {
  return { payment: of('payment'), inventory: of('inventory'), shipping: of('shipping') };
}
