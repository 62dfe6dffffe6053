import type { Knex } from 'knex';
import { inContextOf, inContextOfAll, inContextOfPlace } from './event-context.ts';
import { decodeEvent, readAttribute, readOccurrence, subjectOf } from '../event/cloud-events.ts';
import type { EventDefinition, ReceivedEvent } from '../event/definition.ts';
import { acceptData } from '../event/data.ts';
import { checkSize } from '../event/size.ts';
import type { IncomingMessage } from '../event/message.ts';

/**
 * Handles one event. Do all database work through `trx`: the event is recorded as handled in the same transaction. Effects
 * outside of `trx` may be repeated. If the handler rejects, the event is retried.
 */
export type EventHandler<T = unknown> = (event: ReceivedEvent<T>, trx: Knex.Transaction) => Promise<unknown>;

/**
 * Handles consecutive events of one type in one partition, in order: at least one, at most a batch of the consumer. The
 * writes through `trx` and the record that the events were handled are one transaction. If the handler rejects for several
 * events, it is called again for each of them alone, so the failing event is retried and parked like any other.
 */
export type BatchHandler<T = unknown> = (
  events: readonly ReceivedEvent<T>[],
  trx: Knex.Transaction,
) => Promise<unknown>;

/**
 * Handles one event at least once: outside of a transaction, before the event is recorded as handled, so it may be called
 * again after a failure or a crash. `idempotencyKey` is the same each time; pass it on to the called service.
 */
export type EffectHandler<T = unknown> = (
  event: ReceivedEvent<T>,
  idempotencyKey: string,
) => Promise<unknown>;

/** A record without a value: in a compacted topic, it marks its key as deleted. */
export interface Tombstone {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The key as text; `base64:...` if it is not text. */
  readonly key: string;
}

/** Handles a tombstone, with the contract of `EventHandler`. */
export type TombstoneHandler = (tombstone: Tombstone, trx: Knex.Transaction) => Promise<unknown>;

/**
 * A handler with its delivery: exactly-once effect in the database, for one event or several, or at least once for any
 * effect.
 */
export type DefinedHandler<T> =
  | { delivery: 'exactly-once'; handler: EventHandler<T> }
  | { delivery: 'in batches'; handler: BatchHandler<T> }
  | { delivery: 'at-least-once'; handler: EffectHandler<T> };

/** A decoded event with its handler. */
export interface HandleableEvent {
  /** The time of publishing in the event; '' if there is none. */
  time: string;
  /** The part that runs first, outside of a transaction, if any. */
  outside?: () => Promise<void>;
  handle: (trx: Knex.Transaction) => Promise<void>;
  /** Set if the event may be handled together with others instead. */
  batch?: BatchPart;
}

/** One of several events that may be handled together. */
export interface BatchPart {
  event: ReceivedEvent;
  /** The same function for all events that may be handled together. */
  handle: (events: readonly ReceivedEvent[], trx: Knex.Transaction) => Promise<void>;
}

/** The handlers of one consumer group, by topic. */
export interface GroupHandlers {
  add<T>(definition: EventDefinition<T>, handler: DefinedHandler<T>): void;
  addTopics(topics: readonly string[], handler: EventHandler): void;
  addTombstones(topic: string, handler: TombstoneHandler): void;
  topics(): string[];
  /** Reports whether a handler processes events of this type. */
  handles(event: Pick<EventDefinition, 'topic' | 'type'>): boolean;
  /** Reports whether the message has no value, and is either handled as a tombstone or cannot be an event. */
  isTombstone(message: IncomingMessage): boolean;
  /**
   * Reports whether a handler processes the message, or whether it has no type and needs an operator. Of an event that was published
   * in several versions, newest first, a group leaves those alone that are newer than its definition: an older one follows. A group
   * with handlers of whole topics only takes the oldest one, so a new version changes nothing for it.
   */
  wants(message: IncomingMessage): boolean;
  /** Reports whether a part of its handling runs outside of a transaction. */
  isAtLeastOnce(message: IncomingMessage): boolean;
  /**
   * Decodes, lifts and validates a message. Throws an error that tells the operator why it cannot be handled, and the remedy:
   * a `CloudEventError`, an `EventSizeError`, an `EventDataError`, or the error of an upcast.
   */
  prepare(message: IncomingMessage): HandleableEvent;
}

/** An event for its handler, with or without a transaction. */
interface Accepted {
  inside?: (trx: Knex.Transaction) => Promise<unknown>;
  outside?: () => Promise<unknown>;
  batch?: BatchPart;
}

/** Lifts and validates an event for its handler. */
type Accept = (event: ReceivedEvent) => Accepted;

/**
 * The handlers of one consumer group, which errors call `name`. The handler of an event and those of its topic share its
 * transaction, in this order.
 */
export function createGroupHandlers(name = 'the default subscription'): GroupHandlers {
  const byType = new Map<string, { topic: string; version: number; outside: boolean; accept: Accept }>();
  const byTopic = new Map<string, EventHandler[]>();
  const tombstoneHandlers = new Map<string, TombstoneHandler>();
  let anyOutside = false;
  const topicHandlers = (topic: string) => byTopic.get(topic) ?? [];
  const typed = (message: IncomingMessage) =>
    byType.get(keyOf(message.topic, readAttribute(message, 'type') ?? ''));
  /** A newer version than the handler knows, or than a handler of the topic is used to: the oldest version follows. */
  const isLeftToOlder = (message: IncomingMessage): boolean => {
    const { oldestVersion } = readOccurrence(message);
    if (oldestVersion === undefined) return false;
    const version = Number(readAttribute(message, 'eventversion') ?? '1');
    return version > oldestVersion && version > (typed(message)?.version ?? 0);
  };
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
      const { topic, version } = definition;
      byType.set(key, { topic, version, outside, accept: acceptFor(definition, defined) });
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
        : hasNoType(message) ||
          ((topicHandlers(message.topic).length > 0 || typed(message) !== undefined) &&
            !isLeftToOlder(message)),
    isAtLeastOnce: (message) =>
      anyOutside && !isTombstone(message) && typed(message)?.outside === true && !isLeftToOlder(message),
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

/** False for a value that was too large to be kept. */
const isEmpty = ({ value, excess }: IncomingMessage): boolean => value === null && excess === undefined;

const idempotencyKeyOf = ({ source, id, occurrenceId = id }: ReceivedEvent): string =>
  `${source}/${occurrenceId}`;

function keyOf(topic: string, type: string): string {
  return `${topic} ${type}`;
}

/** Returns the function that prepares events of a definition for its handler. */
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
    // `accept` created them, so they have this definition
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
