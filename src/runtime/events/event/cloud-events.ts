import { isUtf8 } from 'node:buffer';
import { parseTraceparent } from '../../context/traceparent.ts';
import type { EventIdentity, Occurrence, ReceivedEvent } from './definition.ts';
import type { IncomingMessage, OutgoingMessage } from './message.ts';
import { carriedId, isText } from './storable-text.ts';
import { structuredOf } from './structured-mode.ts';

type Bytes = string | Buffer;

/** An event as it is published, before Kafka assigns a partition and an offset; `data` is JSON text. */
export type PublishedEvent = Omit<ReceivedEvent, 'data' | 'partition' | 'offset'> & { data: string };

/** A message is not a CloudEvent, so no handler can process it. */
export class CloudEventError extends Error {
  override name = 'CloudEventError';
}

/**
 * Encodes an event in the binary mode of the Kafka binding of CloudEvents 1.0.2: attributes in `ce_` headers, data as the
 * value, the subject as the key. `traceparent` is written twice: as CloudEvents' distributed tracing extension, and as the
 * plain header that OpenTelemetry reads.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export function encodeEvent(event: PublishedEvent): OutgoingMessage {
  return { topic: event.topic, key: event.subject, value: event.data, headers: encodeHeaders(event) };
}

function encodeHeaders(event: PublishedEvent): Record<string, string> {
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_subject: event.subject,
    ce_time: event.time,
    ce_aggregatetype: event.aggregate,
    ce_eventversion: String(event.version),
    ...(event.occurrenceId !== undefined && { ce_occurrenceid: event.occurrenceId }),
    ...(event.oldestVersion !== undefined && { ce_oldestversion: String(event.oldestVersion) }),
    ce_correlationid: event.correlationId,
    ...(event.causationId && { ce_causationid: event.causationId }),
    ...(event.traceparent && { ce_traceparent: event.traceparent, traceparent: event.traceparent }),
  };
}

/**
 * Decodes an event from any CloudEvents producer, in binary or structured mode, with JSON data. Attributes that only our
 * producers write have defaults: version 1, the event's own id as the correlation id, the key as the subject. Ids that cannot
 * be passed on are ignored. Throws `CloudEventError`.
 */
export function decodeEvent(message: IncomingMessage): ReceivedEvent {
  const fault = structuredOf(message)?.fault;
  if (fault) throw new CloudEventError(`${locationOf(message)} ${fault}`);
  const type = required(message, 'type');
  const [id, source] = [required(message, 'id'), required(message, 'source')];
  if (!fitsInbox({ id, source })) {
    throw new CloudEventError(
      `${locationOf(message)} has an id and a source of more than ${LONGEST_IDENTITY} bytes together, the maximum that the inbox stores`,
    );
  }
  const causationId = carriedId(attributeOf(message, 'causationid'));
  const traceparent = traceparentOf(message);
  return {
    id,
    type,
    version: versionOf(message, readAttribute(message, 'eventversion') ?? '1'),
    source,
    subject: textAttribute(message, 'subject') ?? subjectOf(message),
    aggregate: aggregateOf(message, type),
    time: timeOf(message),
    data: dataOf(message),
    correlationId: carriedId(attributeOf(message, 'correlationid')) ?? id,
    ...(causationId && { causationId }),
    ...(traceparent && { traceparent }),
    ...readOccurrence(message),
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
  };
}

/** The attributes that are read, and the header of each. */
const headerOf = {
  aggregatetype: 'ce_aggregatetype',
  causationid: 'ce_causationid',
  correlationid: 'ce_correlationid',
  eventversion: 'ce_eventversion',
  id: 'ce_id',
  occurrenceid: 'ce_occurrenceid',
  oldestversion: 'ce_oldestversion',
  source: 'ce_source',
  subject: 'ce_subject',
  time: 'ce_time',
  traceparent: 'ce_traceparent',
  type: 'ce_type',
} as const;

type Attribute = keyof typeof headerOf;

/** Returns the unparsed attribute, the first value if there are several; undefined if it is missing. */
function attributeOf(message: IncomingMessage, name: Attribute): Bytes | undefined {
  const structured = structuredOf(message);
  if (structured && !structured.fault) return structured.attributes.get(name);
  return firstOf(message.headers[headerOf[name]]);
}

/** Returns an attribute of an event as text, in either mode; undefined if it is missing. */
export function readAttribute(message: IncomingMessage, name: Attribute): string | undefined {
  return attributeOf(message, name)?.toString();
}

/**
 * Returns the identity by which an event takes effect once; undefined if it is missing, or if the inbox cannot store it. All versions
 * of an event that were published together have the same one.
 */
export function readIdentity(message: IncomingMessage): EventIdentity | undefined {
  const [id, source] = [attributeOf(message, 'id'), attributeOf(message, 'source')];
  if (!id?.length || !source?.length || !isText(id) || !isText(source)) return undefined;
  const { occurrenceId = id.toString() } = readOccurrence(message);
  const identity = { source: source.toString(), id: occurrenceId };
  return fitsInbox(identity) ? identity : undefined;
}

/** Returns no attribute if the event was published in one version, or if an attribute is malformed. */
export function readOccurrence(message: IncomingMessage): Partial<Occurrence> {
  const occurrenceId = carriedId(attributeOf(message, 'occurrenceid'));
  const oldest = readAttribute(message, 'oldestversion') ?? '';
  return occurrenceId && versionPattern.test(oldest) ? { occurrenceId, oldestVersion: Number(oldest) } : {};
}

/** An index entry of PostgreSQL holds 2,704 bytes, including the consumer group. */
const LONGEST_IDENTITY = 2_000;

function fitsInbox({ source, id }: EventIdentity): boolean {
  return Buffer.byteLength(source) + Buffer.byteLength(id) <= LONGEST_IDENTITY;
}

function required(message: IncomingMessage, name: Attribute): string {
  const text = textAttribute(message, name);
  if (text) return text;
  const missing = structuredOf(message)
    ? `attribute ${name}; it is not a CloudEvent`
    : `header ce_${name}; it is not a CloudEvent in binary mode`;
  throw new CloudEventError(`${locationOf(message)} has no ${missing}`);
}

/** Returns an attribute that identifies events or aggregates, which must not be altered. */
function textAttribute(message: IncomingMessage, name: Attribute): string | undefined {
  const value = attributeOf(message, name);
  if (value === undefined || isText(value)) return value?.toString();
  throw new CloudEventError(
    `${locationOf(message)} has the ${name} ${quotedValue(value)}, which contains NUL or is not UTF-8`,
  );
}

/** Returns the key of a message as text. A key that is not text still identifies an aggregate. */
export function subjectOf({ key }: IncomingMessage): string {
  if (key === null) return '';
  return isText(key) ? key.toString() : `base64:${Buffer.from(key).toString('base64')}`;
}

function aggregateOf(message: IncomingMessage, type: string): string {
  const aggregate = attributeOf(message, 'aggregatetype');
  return aggregate !== undefined && isText(aggregate) ? aggregate.toString() : (type.split('.')[0] ?? type);
}

/** https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)$/;

/** Returns the time of an event; '' if it has none in a valid form. */
function timeOf(message: IncomingMessage): string {
  const text = readAttribute(message, 'time') ?? '';
  return rfc3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

function traceparentOf(message: IncomingMessage): string | undefined {
  const plain = firstOf(message.headers['traceparent'])?.toString();
  const found = parseTraceparent(plain) ? plain : readAttribute(message, 'traceparent');
  return parseTraceparent(found) && carriedId(found);
}

const versionPattern = /^[1-9]\d{0,8}$/;

function versionOf(message: IncomingMessage, text: string): number {
  if (versionPattern.test(text)) return Number(text);
  throw new CloudEventError(
    `${locationOf(message)} has the version ${quotedValue(text)}; eventversion counts 1, 2, 3, ...`,
  );
}

function dataOf(message: IncomingMessage): unknown {
  const structured = structuredOf(message);
  if (structured && !structured.bytes) return structured.data;
  const value = structured?.bytes ?? message.value;
  if (!value?.length) return undefined;
  // https://www.rfc-editor.org/rfc/rfc8259#section-8.1
  if (Buffer.isBuffer(value) && !isUtf8(value))
    throw new CloudEventError(`${locationOf(message)} has data that is not UTF-8`);
  try {
    return JSON.parse(value.toString()) as unknown;
  } catch (cause) {
    throw new CloudEventError(`${locationOf(message)} has data that is not JSON`, { cause });
  }
}

const firstOf = (value: Bytes | Bytes[] | undefined): Bytes | undefined =>
  Array.isArray(value) ? value[0] : value;

/** Shortens a value for an error message. */
const quotedValue = (value: Bytes): string => JSON.stringify(value.toString().slice(0, 100));

const locationOf = ({ topic, partition, offset }: IncomingMessage): string =>
  `message ${topic}/${partition}@${offset}`;
