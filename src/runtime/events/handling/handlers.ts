import type { Knex } from 'knex';
import { inContextOf, inContextOfAll, inContextOfPlace } from './event-context.ts';
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
 * Handles events of one type that follow each other in one partition, in order: at least one, at most a batch of the consumer.
 * What it writes through `trx` and the fact that the events were handled are one transaction. Where it rejects for several
 * events, each of them is handed over again alone, so that the one that fails is tried again and parked like any other.
 */
export type BatchHandler<T = unknown> = (
  events: readonly ReceivedEvent<T>[],
  trx: Knex.Transaction,
) => Promise<unknown>;

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

/** The handler of a definition: for the effect exactly once in the database, one event or several at a time, or at least once anywhere. */
export type DefinedHandler<T> =
  | { delivery: 'exactly-once'; handler: EventHandler<T> }
  | { delivery: 'in batches'; handler: BatchHandler<T> }
  | { delivery: 'at-least-once'; handler: EffectHandler<T> };

/** An event that somebody handles, ready to be handled. */
export interface HandleableEvent {
  /** When it was published, as it says; '' where it says nothing. */
  time: string;
  /** What is to be done first and outside of transactions, where there is such a thing. */
  outside?: () => Promise<void>;
  handle: (trx: Knex.Transaction) => Promise<void>;
  /** Set where the event may be handled together with others instead. */
  batch?: BatchPart;
}

/** One of several events that may be handled together. */
export interface BatchPart {
  event: ReceivedEvent;
  /** The same function for all events that may be handed over together. */
  handle: (events: readonly ReceivedEvent[], trx: Knex.Transaction) => Promise<void>;
}

/** What one consumer group does with its topics. */
export interface GroupHandlers {
  add<T>(definition: EventDefinition<T>, handler: DefinedHandler<T>): void;
  addTopics(topics: readonly string[], handler: EventHandler): void;
  addTombstones(topic: string, handler: TombstoneHandler): void;
  topics(): string[];
  /** A handler gets the events of this type. */
  handles(event: Pick<EventDefinition, 'topic' | 'type'>): boolean;
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
  batch?: BatchPart;
}

/** Lifts and checks an event for its handler. */
type Accept = (event: ReceivedEvent) => Accepted;

/**
 * The handlers of one consumer group, which errors call `name`. The handler of an event and those of its topic share its
 * transaction, in this order.
 */
export function createGroupHandlers(name = 'the default subscription'): GroupHandlers {
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
    add(definition, defined) {
      const key = keyOf(definition.topic, definition.type);
      if (byType.has(key)) {
        throw new Error(
          `${definition.type} already has a handler in ${name}; call both functions from that handler, or register the second one in a subscription with another name`,
        );
      }
      const outside = defined.delivery === 'at-least-once';
      anyOutside ||= outside;
      byType.set(key, { topic: definition.topic, outside, accept: acceptFor(definition, defined) });
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
    handles: ({ topic, type }) => byType.has(keyOf(topic, type)) || topicHandlers(topic).length > 0,
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
      const { inside, outside, batch } = typed(message)?.accept(event) ?? {};
      const untyped = topicHandlers(message.topic);
      const handlers = untyped.map((handler) => (trx: Knex.Transaction) => handler(event, trx));
      if (inside) handlers.unshift(inside);
      return {
        time: event.time,
        handle: (trx) => inContextOf(event, () => inOrder(handlers, trx)),
        ...(outside && { outside: () => inContextOf(event, async () => void (await outside())) }),
        ...(batch && untyped.length === 0 && { batch }),
      };
    },
  };
}

function handleableTombstone(message: IncomingMessage, handler: TombstoneHandler): HandleableEvent {
  const { topic, partition, offset } = message;
  const tombstone = { topic, partition, offset, key: subjectOf(message) };
  const place = `${topic}/${partition}@${offset}`;
  return {
    time: '',
    handle: (trx) => inContextOfPlace(place, async () => void (await handler(tombstone, trx))),
  };
}

/** Not where the value was too large to be kept. */
const isEmpty = ({ value, excess }: IncomingMessage): boolean => value === null && excess === undefined;

const idempotencyKeyOf = ({ source, id }: ReceivedEvent): string => `${source}/${id}`;

function keyOf(topic: string, type: string): string {
  return `${topic} ${type}`;
}

/** How events of a definition are accepted for its handler. */
function acceptFor<T>(definition: EventDefinition<T>, defined: DefinedHandler<T>): Accept {
  if (defined.delivery === 'in batches') return acceptForBatch(definition, defined.handler);
  return (event) => {
    const accepted = accept(event, definition);
    return defined.delivery === 'at-least-once'
      ? { outside: () => defined.handler(accepted, idempotencyKeyOf(event)) }
      : { inside: (trx) => defined.handler(accepted, trx) };
  };
}

function acceptForBatch<T>(definition: EventDefinition<T>, handler: BatchHandler<T>): Accept {
  const handle: BatchPart['handle'] = (events, trx) =>
    // they are of this definition: `accept` made them
    inContextOfAll(events, async () => void (await handler(events as ReceivedEvent<T>[], trx)));
  return (received) => {
    const event = accept(received, definition);
    return { inside: (trx) => handle([event], trx), batch: { event, handle } };
  };
}

function accept<T>(event: ReceivedEvent, definition: EventDefinition<T>): ReceivedEvent<T> {
  return { ...event, version: definition.version, data: acceptData(definition, event.version, event.data) };
}

async function inOrder(
  handlers: ((trx: Knex.Transaction) => Promise<unknown>)[],
  trx: Knex.Transaction,
): Promise<void> {
  for (const handler of handlers) await handler(trx);
}
