import type { Knex } from 'knex';
import { DEFAULT_EVENT_BYTES } from '../../config/kafka-config.ts';
import { currentContext } from '../../context/context.ts';
import { setLastEvent } from '../../context/last-event.ts';
import { workWithoutPublishing } from '../../context/without-publishing.ts';
import { newTraceparent, parseTraceparent } from '../../context/traceparent.ts';
import { encodeEvent } from '../event/cloud-events.ts';
import {
  checkTopic,
  type EventDefinition,
  type EventContracts,
  type EventIdentity,
  type EventVersions,
  type NewEvent,
  type Occurrence,
} from '../event/definition.ts';
import { serializeData } from '../event/data.ts';
import { createEventIds } from '../event/event-id.ts';
import { failpoint } from '../../async/failpoint.ts';
import { messageBytes, type OutgoingMessage } from '../event/message.ts';
import { inSeparateTransaction, insertAlone } from './own-transaction.ts';
import { createTransactionBuffers } from './transaction-buffer.ts';
import { carriedId, isText } from '../event/storable-text.ts';

/** An event without a definition; its data is not validated. */
export interface UntypedEvent {
  type: string;
  /** Default: 1. */
  version?: number;
  /** Default: the part of the type before its first dot. */
  aggregate?: string;
  data: unknown;
}

export interface UntypedOptions {
  /** Events of one topic and key keep their order. */
  key: string;
  trx?: Knex.Transaction;
}

export interface Publish {
  /**
   * Saves an event in `trx`, to be sent to Kafka after the commit; without `trx`, in its own transaction. Rejects if the
   * definition is not in the published contracts, if the data does not match its schema, or if the transaction has ended;
   * then nothing is saved. Resolves to the source and the id of the event, as in `order-service/0192d5a0-...`, which
   * `readAfter` of a projection takes.
   */
  (event: NewEvent, trx?: Knex.Transaction): Promise<string>;
  /**
   * Saves one event in several versions, for consumers of each of them: a consumer handles the newest version that it knows, and
   * handles the event once. Resolves to the source and the id that they share. Rejects if the versions are not of one type, topic and
   * aggregate, or if one is given twice.
   */
  (versions: EventVersions, trx?: Knex.Transaction): Promise<string>;
  /** Saves an event without a definition. */
  (topic: string, event: UntypedEvent, options: UntypedOptions): Promise<string>;
}

/** Work that belongs to the publishing of some events, in their transaction. */
export interface PublishHook {
  concerns(definition: EventDefinition): boolean;
  run(definition: EventDefinition, message: OutgoingMessage, trx: Knex.Transaction): Promise<void>;
}

export interface Outbox {
  publish: Publish;
  /** Calls `listener` after each commit with the lanes that got events. */
  onCommit(listener: (lanes: ReadonlySet<number>) => void): void;
}

interface Settings {
  database: Knex;
  contracts: Pick<EventContracts, 'published'>;
  serviceName: string;
  /** Whether the database is reached without a pooler; default false. */
  session?: boolean;
  /** Work in the transaction that publishes an event. */
  onPublish?: PublishHook;
  /** The largest size of an event with its key and headers, in bytes; default: that of KAFKA_MAX_EVENT_BYTES. */
  maxEventBytes?: number;
}

/** Saves events in the table `event_outbox`, in the transaction of the change that they describe. */
export function createOutbox(settings: Settings): Outbox {
  const { database, contracts, serviceName, session = false, onPublish } = settings;
  const { maxEventBytes = DEFAULT_EVENT_BYTES } = settings;
  const listeners: ((lanes: ReadonlySet<number>) => void)[] = [];
  const definitions = new Set<EventDefinition>(contracts.published);
  const buffers = createTransactionBuffers(committed, { session });
  const nextId = createEventIds();

  function committed(lanes: ReadonlySet<number>): void {
    failpoint('outbox.committed');
    for (const listener of listeners) listener(lanes);
  }

  async function save(messages: readonly OutgoingMessage[], trx?: Knex.Transaction): Promise<void> {
    for (const message of messages) checkMessage(message, maxEventBytes);
    if (!trx) return committed(await insertAlone(database, messages, { session }));
    for (const message of messages) buffers.add(trx, message);
  }

  /** Returns what `publish` resolves to: the id that the inbox of a consumer records. */
  function published(id: string): string {
    const reference = `${serviceName}/${id}`;
    setLastEvent(reference);
    return reference;
  }

  async function publishTyped(given: NewEvent | EventVersions, trx?: Knex.Transaction): Promise<string> {
    const versions = newestFirst('definition' in given ? [given] : given);
    refuseMissing(versions, contracts.published);
    const concerned = onPublish ? versions.filter(({ definition }) => onPublish.concerns(definition)) : [];
    if (concerned.length > 0 && !trx)
      return inSeparateTransaction(database, (own) => publishTyped(given, own));
    const [oldest, isOne] = [versions.at(-1), versions.length === 1];
    const id = nextId();
    const occurrence = oldest && !isOne ? { occurrenceId: id, oldestVersion: oldest.definition.version } : {};
    const messages = versions.map((event) =>
      messageOf(event, { source: serviceName, id: isOne ? id : nextId(), ...occurrence }),
    );
    await save(messages, trx);
    for (const [index, { definition }] of versions.entries()) {
      const message = messages[index];
      if (trx && message && onPublish?.concerns(definition)) await onPublish.run(definition, message, trx);
    }
    return published(id);
  }

  function messageOf({ definition, aggregateId, data }: NewEvent, of: EventIdentity & Partial<Occurrence>) {
    if (!definitions.has(definition)) throw new Error(unknownDefinition(definition));
    const { topic, type, version, aggregate } = definition;
    const text = serializeData(definition, data);
    return envelope({ ...of, topic, key: aggregateId, type, version, aggregate, text });
  }

  async function publishUntyped(topic: string, event: UntypedEvent, { key, trx }: UntypedOptions) {
    checkTopic(topic);
    const { type, version = 1, aggregate = type.split('.')[0] ?? type } = event;
    const text = JSON.stringify(event.data) ?? 'null';
    const id = nextId();
    await save([envelope({ source: serviceName, id, topic, key, type, version, aggregate, text })], trx);
    return published(id);
  }

  return {
    publish: (...args: PublishArguments) =>
      isUntyped(args) ? publishUntyped(...args) : publishTyped(...args),
    onCommit: (listener) => void listeners.push(listener),
  };
}

type PublishArguments = [event: NewEvent | EventVersions, trx?: Knex.Transaction] | UntypedArguments;
type UntypedArguments = [topic: string, event: UntypedEvent, options: UntypedOptions];

const isUntyped = (args: PublishArguments): args is UntypedArguments => typeof args[0] === 'string';

/**
 * Sorts the versions of one event. A consumer that knows several of them gets the newest first, and skips the others.
 * Throws if they are not versions of one event.
 */
function newestFirst(versions: EventVersions): NewEvent[] {
  const [{ definition: first, aggregateId }] = versions;
  const known = new Set<number>();
  for (const { definition, aggregateId: id } of versions) {
    const { type, topic, aggregate, version } = definition;
    const isSame = type === first.type && topic === first.topic && aggregate === first.aggregate;
    if (!isSame || id !== aggregateId)
      throw new Error(
        `cannot publish ${first.type} of ${aggregateId} together with ${type} of ${id}: they are not versions of one event; publish each one alone`,
      );
    if (known.has(version)) throw new Error(`cannot publish ${type}: version ${version} is given twice`);
    known.add(version);
  }
  return versions.toSorted((one, other) => other.definition.version - one.definition.version);
}

/** Throws if a version in the contracts is not published: its consumers would miss the event, or handle it twice. */
function refuseMissing(versions: readonly NewEvent[], published: readonly EventDefinition[]): void {
  const [{ definition } = {}] = versions;
  const missing = published.find(
    ({ type, topic, version }) =>
      type === definition?.type &&
      topic === definition.topic &&
      versions.every((event) => event.definition.version !== version),
  );
  if (!missing || !definition || !published.includes(definition)) return;
  throw new Error(
    `cannot publish ${definition.type} without version ${missing.version}, which contracts.published has; ` +
      'publish all versions together: bus.publish([<version 2>, <version 1>], trx)',
  );
}

interface Envelope extends EventIdentity, Partial<Occurrence> {
  topic: string;
  key: string;
  type: string;
  version: number;
  aggregate: string;
  text: string;
}

/** Adds the time of an event and its place in the chain of causes. */
function envelope({ id, key, text, ...event }: Envelope): OutgoingMessage {
  const context = currentContext();
  return encodeEvent({
    ...event,
    id,
    subject: key,
    time: new Date().toISOString(),
    data: text,
    correlationId: carriedId(context?.correlationId) ?? id,
    causationId: carriedId(context?.causationId),
    traceparent: parseTraceparent(context?.traceparent) ? context?.traceparent : newTraceparent(),
  });
}

function checkMessage(message: OutgoingMessage, maxEventBytes: number): void {
  const { topic, key, headers } = message;
  const what = `${headers['ce_type']?.slice(0, 200)} to ${topic}`;
  const silent = workWithoutPublishing();
  if (silent !== undefined)
    throw new TypeError(
      `cannot publish ${what} in a handler of ${silent}: a rebuild would publish it again; publish it in a subscription`,
    );
  if (typeof key !== 'string' || key === '' || !isText(key)) {
    throw new Error(
      `cannot publish ${what}: its key, the aggregate's id, is ${JSON.stringify(key)}; use a string without NUL or lone surrogates`,
    );
  }
  const odd = Object.keys(headers).find((name) => !isText(headers[name] ?? ''));
  if (odd) {
    throw new Error(`cannot publish ${JSON.stringify(what)}: its ${odd} contains NUL or a lone surrogate`);
  }
  const bytes = messageBytes(message);
  if (bytes > maxEventBytes) {
    throw new Error(
      `cannot publish ${what} of ${key.slice(0, 200)}: it has ${bytes} bytes, and KAFKA_MAX_EVENT_BYTES is ${maxEventBytes}; store the data elsewhere and publish a reference`,
    );
  }
}

function unknownDefinition({ type, version }: EventDefinition): string {
  return `${type} version ${version} is not published by this service; add its definition to contracts.published`;
}
