import type { Knex } from 'knex';
import { runInContext } from '../../context/context.ts';
import { childTraceparent, newTraceparent } from '../../context/traceparent.ts';
import { decodeEvent, readAttribute, subjectOf } from '../event/cloud-events.ts';
import type { EventDefinition, ReceivedEvent } from '../event/definition.ts';
import { acceptData } from '../event/data.ts';
import { checkSize } from '../event/size.ts';
import type { IncomingMessage } from '../event/message.ts';

/**
 * Handles one event. Writes through `trx`, which also holds the fact that the event was handled, so that both are true or
 * neither; what it does outside of `trx` may happen again. A rejection makes the event come again.
 */
export type EventHandler<T = unknown> = (event: ReceivedEvent<T>, trx: Knex.Transaction) => Promise<unknown>;

/**
 * Handles one event at least once: outside of any transaction, and before it is remembered, so that it may happen again after
 * a failure or a crash. `idempotencyKey` is the same each time; send it along to what the handler calls.
 */
export type EffectHandler<T = unknown> = (
  event: ReceivedEvent<T>,
  idempotencyKey: string,
) => Promise<unknown>;

/** A record without a value: in a compacted topic it says that nothing is left under its key. */
export interface Tombstone {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The key as text; `base64:...` where it is not text. */
  readonly key: string;
}

/** Handles a tombstone; the contract is that of `EventHandler`. */
export type TombstoneHandler = (tombstone: Tombstone, trx: Knex.Transaction) => Promise<unknown>;

/** The handler of a definition: for the effect exactly once in the database, or at least once anywhere. */
export type DefinedHandler<T> =
  | { delivery: 'exactly-once'; handler: EventHandler<T> }
  | { delivery: 'at-least-once'; handler: EffectHandler<T> };

/** An event that somebody handles, ready to be handled. */
export interface HandleableEvent {
  /** When it was published, as it says; '' where it says nothing. */
  time: string;
  /** What is to be done first and outside of transactions, where there is such a thing. */
  outside?: () => Promise<void>;
  handle: (trx: Knex.Transaction) => Promise<void>;
}

/** What one consumer group does with its topics. */
export interface GroupHandlers {
  add<T>(definition: EventDefinition<T>, handler: DefinedHandler<T>): void;
  addTopics(topics: readonly string[], handler: EventHandler): void;
  addTombstones(topic: string, handler: TombstoneHandler): void;
  topics(): string[];
  /** It has no value, and a handler asks for that or nobody could handle it as an event. */
  isTombstone(message: IncomingMessage): boolean;
  /** Somebody handles the message, or it has no type and somebody has to look at it. */
  wants(message: IncomingMessage): boolean;
  /** A part of its handling is outside of transactions. */
  isAtLeastOnce(message: IncomingMessage): boolean;
  /**
   * Decodes, lifts and checks a message. Throws what tells the operator why it cannot be handled and what to do: a
   * `CloudEventError`, an `EventSizeError` or an `EventDataError`, or what an upcast threw.
   */
  prepare(message: IncomingMessage): HandleableEvent;
}

/** An event for its handler: the one that gets the transaction or the one that gets none. */
interface Accepted {
  inside?: (trx: Knex.Transaction) => Promise<unknown>;
  outside?: () => Promise<unknown>;
}

/** Lifts and checks an event for its handler. */
type Accept = (event: ReceivedEvent) => Accepted;

/** The handlers of one consumer group. Several handlers of one event share its transaction, in the order of their adding. */
export function createGroupHandlers(): GroupHandlers {
  const byType = new Map<string, { topic: string; outside: boolean; accept: Accept }>();
  const byTopic = new Map<string, EventHandler[]>();
  const tombstoneHandlers = new Map<string, TombstoneHandler>();
  let anyOutside = false;
  const topicHandlers = (topic: string) => byTopic.get(topic) ?? [];
  const typed = (message: IncomingMessage) =>
    byType.get(keyOf(message.topic, readAttribute(message, 'type') ?? ''));
  const isEvent = (message: IncomingMessage): boolean =>
    typed(message) !== undefined ||
    (topicHandlers(message.topic).length > 0 && readAttribute(message, 'type') !== undefined);
  const isTombstone = (message: IncomingMessage): boolean =>
    isEmpty(message) && (tombstoneHandlers.has(message.topic) || !isEvent(message));
  const hasNoType = (message: IncomingMessage): boolean => readAttribute(message, 'type') === undefined;

  return {
    add(definition, { delivery, handler }) {
      const key = keyOf(definition.topic, definition.type);
      if (byType.has(key)) {
        throw new Error(`${definition.type} already has a handler; call both functions from that handler`);
      }
      const outside = delivery === 'at-least-once';
      anyOutside ||= outside;
      byType.set(key, {
        topic: definition.topic,
        outside,
        accept(event) {
          const accepted = accept(event, definition);
          return delivery === 'at-least-once'
            ? { outside: () => handler(accepted, idempotencyKeyOf(event)) }
            : { inside: (trx) => handler(accepted, trx) };
        },
      });
    },
    addTopics(topics, handler) {
      for (const topic of topics) byTopic.set(topic, [...topicHandlers(topic), handler]);
    },
    addTombstones(topic, handler) {
      if (tombstoneHandlers.has(topic)) {
        throw new Error(`${topic} already has a tombstone handler; call both functions from that handler`);
      }
      tombstoneHandlers.set(topic, handler);
    },
    topics() {
      const ofTypes = [...byType.values()].map(({ topic }) => topic);
      return [...new Set([...ofTypes, ...byTopic.keys(), ...tombstoneHandlers.keys()])];
    },
    isTombstone,
    wants: (message) =>
      isTombstone(message)
        ? message.key !== null && tombstoneHandlers.has(message.topic)
        : topicHandlers(message.topic).length > 0 || hasNoType(message) || typed(message) !== undefined,
    isAtLeastOnce: (message) => anyOutside && !isTombstone(message) && typed(message)?.outside === true,
    prepare(message) {
      checkSize(message);
      const onTombstone = isEmpty(message) && tombstoneHandlers.get(message.topic);
      if (onTombstone) return handleableTombstone(message, onTombstone);
      const event = decodeEvent(message);
      const { inside, outside } = typed(message)?.accept(event) ?? {};
      const untyped = topicHandlers(message.topic);
      const handlers = untyped.map((handler) => (trx: Knex.Transaction) => handler(event, trx));
      if (inside) handlers.unshift(inside);
      return {
        time: event.time,
        handle: (trx) => inContextOf(event, () => inOrder(handlers, trx)),
        ...(outside && { outside: () => inContextOf(event, async () => void (await outside())) }),
      };
    },
  };
}

function handleableTombstone(message: IncomingMessage, handler: TombstoneHandler): HandleableEvent {
  const { topic, partition, offset } = message;
  const tombstone = { topic, partition, offset, key: subjectOf(message) };
  const place = `${topic}/${partition}@${offset}`;
  const context = { requestId: place, correlationId: place, traceparent: newTraceparent() };
  return {
    time: '',
    handle: (trx) => runInContext(context, async () => void (await handler(tombstone, trx))),
  };
}

/** Not where the value was too large to be kept. */
const isEmpty = ({ value, excess }: IncomingMessage): boolean => value === null && excess === undefined;

const idempotencyKeyOf = ({ source, id }: ReceivedEvent): string => `${source}/${id}`;

function keyOf(topic: string, type: string): string {
  return `${topic} ${type}`;
}

function accept<T>(event: ReceivedEvent, definition: EventDefinition<T>): ReceivedEvent<T> {
  return { ...event, version: definition.version, data: acceptData(definition, event.version, event.data) };
}

/** What the handler publishes, logs and calls carries the ids of the event that caused it. */
function inContextOf<R>(event: ReceivedEvent, work: () => R): R {
  const context = {
    requestId: event.id,
    correlationId: event.correlationId,
    causationId: event.id,
    traceparent: childTraceparent(event.traceparent),
  };
  return runInContext(context, work);
}

async function inOrder(
  handlers: ((trx: Knex.Transaction) => Promise<unknown>)[],
  trx: Knex.Transaction,
): Promise<void> {
  for (const handler of handlers) await handler(trx);
}
