import joi from 'joi';
import { defineEvent, type EventDefinition } from 'microservice-runtime';

/** The steps of the saga, each the work of a participant. */
export const stepNames = ['payment', 'stock', 'invoice', 'approval', 'shipping'] as const;
export type StepName = (typeof stepNames)[number];

/** The steps that each participant does, and those that it can undo. */
export const participants = {
  payment: ['payment', 'approval'],
  warehouse: ['stock', 'invoice', 'shipping'],
} as const satisfies Record<string, readonly StepName[]>;
export type ParticipantName = keyof typeof participants;

export interface Order {
  total: number;
}

export interface Requested extends Order {
  requestId: string;
}

/** The answer of a participant. */
export interface Answer {
  orderId: string;
  requestId: string;
}

const amount = joi.number().integer().min(1).required();
const order = joi.object<Order>({ total: amount });
const requested = joi.object<Requested>({ requestId: joi.string().required(), total: amount });
const answer = joi.object<Answer>({ orderId: joi.string().required(), requestId: joi.string().required() });
const nothing = joi.object<object>({});

export const topics = {
  orders: 'order.events',
  /** The answers, from which the courier takes them. */
  answersSent: 'answers.sent',
  /** The answers, to which the courier brings them. */
  answersReceived: 'answers.received',
} as const;

const ofOrder = <T>(type: string, schema: joi.ObjectSchema<T>): EventDefinition<T> =>
  defineEvent({ type, schema, version: 1, topic: topics.orders, aggregate: 'order' });

export const orderCreated = ofOrder('order.created', order);
export const orderConfirmed = ofOrder('order.confirmed', nothing);
export const orderCancelled = ofOrder('order.cancelled', nothing);

/** The messages of a step. */
export interface StepEvents {
  request: EventDefinition<Requested>;
  cancel: EventDefinition<Requested>;
  done: EventDefinition<Answer>;
  refused: EventDefinition<Answer>;
  undone: EventDefinition<Answer>;
}

/** @param answers the topic of the answers: another one for the participant than for the saga */
export function eventsOf(step: StepName, answers: string): StepEvents {
  const answerOf = (outcome: string): EventDefinition<Answer> =>
    defineEvent({
      type: `${step}.${outcome}`,
      schema: answer,
      version: 1,
      topic: answers,
      aggregate: step,
    });
  return {
    request: ofOrder(`order.${step}-requested`, requested),
    cancel: ofOrder(`order.${step}-cancelled`, requested),
    done: answerOf('done'),
    refused: answerOf('refused'),
    undone: answerOf('undone'),
  };
}
