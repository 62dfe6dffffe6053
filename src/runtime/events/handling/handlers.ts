import type { Knex } from 'knex';
import { decodeEvent, readAttribute, readOccurrence, subjectOf } from '../event/cloud-events.ts';
import type { EventDefinition } from '../event/definition.ts';
import type { IncomingMessage } from '../event/message.ts';
import { checkSize } from '../event/size.ts';
import { acceptFor, takeLocks, type Accept, type TakenLocks } from './accept.ts';
import { inContextOf, inContextOfPlace } from './event-context.ts';
import type { BatchPart, DefinedHandler, EventHandler, TombstoneHandler } from './handler.ts';

/** A decoded event with its handler. */
export interface HandleableEvent {
  /** The time of publishing in the event; '' if there is none. */
  time: string;
  /** The part that runs first, outside of a transaction, if any. */
  outside?: () => Promise<void>;
  handle: (trx: Knex.Transaction) => Promise<void>;
  /** Set if the event may be handled together with others instead. */
  batch?: BatchPart;
  locks?: TakenLocks;
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
  /** Reports whether several events of its type are handled at once. */
  isInBatches(message: IncomingMessage): boolean;
  /**
   * Takes the locks of the handlers of these messages, in one statement: taken one by one, in the order of the messages, they could
   * deadlock with the locks of another batch. Leaves out messages that cannot be handled.
   */
  lock(messages: readonly IncomingMessage[], trx: Knex.Transaction): Promise<void>;
  /**
   * Decodes, lifts and validates a message. Throws an error that tells the operator why it cannot be handled, and the remedy:
   * a `CloudEventError`, an `EventSizeError`, an `EventDataError`, or the error of an upcast.
   */
  prepare(message: IncomingMessage): HandleableEvent;
}

/**
 * The handlers of one consumer group, which errors call `name`. The handler of an event and those of its topic share its
 * transaction, in this order.
 */
export function createGroupHandlers(name = 'the default subscription'): GroupHandlers {
  const byType = new Map<
    string,
    { topic: string; version: number; delivery: DefinedHandler<never>['delivery']; accept: Accept }
  >();
  const byTopic = new Map<string, EventHandler[]>();
  const tombstoneHandlers = new Map<string, TombstoneHandler>();
  let anyOutside = false;
  let anyLocks = false;
  const prepared = new WeakMap<IncomingMessage, HandleableEvent>();
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

  function prepare(message: IncomingMessage): HandleableEvent {
    checkSize(message);
    const onTombstone = isEmpty(message) && tombstoneHandlers.get(message.topic);
    if (onTombstone) return handleableTombstone(message, onTombstone);
    const event = decodeEvent(message);
    const { inside, outside, batch, locks } = typed(message)?.accept(event) ?? {};
    const untyped = topicHandlers(message.topic);
    const handlers = untyped.map((handler) => (trx: Knex.Transaction) => handler(event, trx));
    if (inside) handlers.unshift(inside);
    return {
      time: event.time,
      handle: (trx) => inContextOf(event, () => inOrder(handlers, trx)),
      ...(outside && { outside: () => inContextOf(event, async () => void (await outside())) }),
      ...(batch && untyped.length === 0 && { batch }),
      ...(locks && { locks }),
    };
  }

  /** The message is decoded once. A fault is reported when it is handled. */
  function prepareEarly(message: IncomingMessage): HandleableEvent | undefined {
    try {
      const event = prepare(message);
      prepared.set(message, event);
      return event;
    } catch {
      return undefined;
    }
  }

  return {
    add(definition, defined) {
      const key = keyOf(definition.topic, definition.type);
      if (byType.has(key)) {
        throw new Error(
          `${definition.type} already has a handler in ${name}; call both functions from that handler, or register the second one in a subscription with another name`,
        );
      }
      anyOutside ||= defined.delivery === 'at-least-once';
      anyLocks ||= defined.delivery === 'exactly-once' && defined.locks !== undefined;
      const { topic, version } = definition;
      const { delivery } = defined;
      byType.set(key, { topic, version, delivery, accept: acceptFor(definition, defined) });
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
      anyOutside &&
      !isTombstone(message) &&
      typed(message)?.delivery === 'at-least-once' &&
      !isLeftToOlder(message),
    isInBatches: (message) =>
      typed(message)?.delivery === 'in batches' && topicHandlers(message.topic).length === 0,
    async lock(messages, trx) {
      if (!anyLocks) return;
      await takeLocks(
        messages.flatMap((message) => prepareEarly(message)?.locks ?? []),
        trx,
      );
    },
    prepare: (message) => prepared.get(message) ?? prepare(message),
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

function keyOf(topic: string, type: string): string {
  return `${topic} ${type}`;
}

async function inOrder(
  handlers: ((trx: Knex.Transaction) => Promise<unknown>)[],
  trx: Knex.Transaction,
): Promise<void> {
  for (const handler of handlers) await handler(trx);
}
