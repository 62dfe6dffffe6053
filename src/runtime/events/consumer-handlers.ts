import type { Knex } from 'knex';
import { runInContext } from '../context/context.ts';
import { childTraceparent } from '../context/traceparent.ts';
import { decodeEvent } from './cloud-events.ts';
import type { EventDefinition } from './define-event.ts';
import { acceptData, EventDataError } from './event-data.ts';
import type { ReceivedEvent } from './event.ts';
import type { IncomingMessage } from './message.ts';

/**
 * Handles one event. Writes through `trx`, which also holds the fact that the event was handled, so that both are true or
 * neither; what it does outside of `trx` may happen again. A rejection makes the event come again.
 */
export type EventHandler<T = unknown> = (event: ReceivedEvent<T>, trx: Knex.Transaction) => Promise<unknown>;

/** An event that somebody handles, ready to be handled. */
export interface HandleableEvent {
  event: ReceivedEvent;
  handle(trx: Knex.Transaction): Promise<void>;
}

/** What one consumer group does with its topics. */
export interface GroupHandlers {
  add<T>(definition: EventDefinition<T>, handler: EventHandler<T>): void;
  addTopics(topics: readonly string[], handler: EventHandler): void;
  topics(): string[];
  /**
   * Decodes, lifts and checks a message. Undefined when nobody handles its type.
   * Throws what tells the operator why the message cannot be handled and what to do.
   */
  prepare(message: IncomingMessage): HandleableEvent | undefined;
}

/** Lifts and checks an event for its handler, and resolves to what then handles it. */
type Accept = (event: ReceivedEvent) => (trx: Knex.Transaction) => Promise<unknown>;

/** The handlers of one consumer group. Several handlers of one event share its transaction, in the order of their adding. */
export function createGroupHandlers(): GroupHandlers {
  const byType = new Map<string, { topic: string; accept: Accept }>();
  const byTopic = new Map<string, EventHandler[]>();
  const topicHandlers = (topic: string) => byTopic.get(topic) ?? [];

  return {
    add(definition, handler) {
      const key = keyOf(definition.topic, definition.type);
      if (byType.has(key)) {
        throw new Error(`${definition.type} has a handler already; let that one call both`);
      }
      const acceptFor: Accept = (event) => {
        const accepted = accept(event, definition);
        return (trx) => handler(accepted, trx);
      };
      byType.set(key, { topic: definition.topic, accept: acceptFor });
    },
    addTopics(topics, handler) {
      for (const topic of topics) byTopic.set(topic, [...topicHandlers(topic), handler]);
    },
    topics: () => [...new Set([...[...byType.values()].map(({ topic }) => topic), ...byTopic.keys()])],
    prepare(message) {
      const type = message.headers.ce_type;
      const typed = byType.get(keyOf(message.topic, String(type)));
      const untyped = topicHandlers(message.topic);
      if (type !== undefined && !typed && untyped.length === 0) return undefined;
      const event = decodeEvent(message);
      const handlers = untyped.map((handler) => (trx: Knex.Transaction) => handler(event, trx));
      if (typed) handlers.unshift(typed.accept(event));
      return { event, handle: (trx) => inContextOf(event, () => inOrder(handlers, trx)) };
    },
  };
}

function keyOf(topic: string, type: string): string {
  return `${topic} ${type}`;
}

function accept<T>(event: ReceivedEvent, definition: EventDefinition<T>): ReceivedEvent<T> {
  if (event.version > definition.version) {
    throw new EventDataError(
      `${event.type} came in version ${event.version}, and this service knows versions up to ${definition.version}; ` +
        `teach its definition the new version and deploy`,
    );
  }
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
