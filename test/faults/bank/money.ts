import joi from 'joi';
import { defineEvent, type EventDefinition } from 'microservice-runtime';

/** Makes the handler of an event fail: `tries` times, or until it learns that the poison is gone. */
export interface Poison {
  error: 'failure' | 'bug' | 'hang';
  tries: number | 'until cured';
}

/** The message from one bank to the other; the key is the debited account. */
export interface MoneySent {
  /** Unique: `<request>/<attempt>`, so a retried request is two transfers if both were committed. */
  transfer: string;
  /** Counts the transfers of the account from 1, without gaps. */
  sequence: number;
  recipient: string;
  amount: number;
  /** Milliseconds of the epoch, in the transaction that sends. */
  sentAt: number;
  poison?: Poison;
  /** Any text, to make the event large. */
  memo?: string;
}

export type MoneySentEvent = EventDefinition<MoneySent>;

export const poisonSchema = joi.object<Poison>({
  error: joi.valid('failure', 'bug', 'hang').required(),
  tries: joi.alternatives(joi.number().integer().min(1), joi.valid('until cured')).required(),
});

/** Each bank publishes it to a topic of its own. */
export function moneySentIn(topic: string): MoneySentEvent {
  return defineEvent<MoneySent>({
    type: 'money.sent',
    version: 1,
    topic,
    aggregate: 'account',
    schema: joi.object({
      transfer: joi.string().required(),
      sequence: joi.number().integer().min(1).required(),
      recipient: joi.string().required(),
      amount: joi.number().integer().min(1).required(),
      sentAt: joi.number().required(),
      poison: poisonSchema,
      memo: joi.string(),
    }),
  });
}
