import type { ReceivedEvent } from './event.ts';
import type { EventIdentity } from './inbox.ts';
import type { IncomingMessage, OutgoingMessage } from './message.ts';

/** An event as it is published, before Kafka gives it a partition and an offset; `data` is JSON text. */
export type PublishedEvent = Omit<ReceivedEvent, 'data' | 'partition' | 'offset'> & { data: string };

/** A message is not a CloudEvent in binary mode, so that no handler can understand it. */
export class CloudEventError extends Error {
  override name = 'CloudEventError';
}

/**
 * Writes an event in the binary mode of the Kafka binding of CloudEvents 1.0.2: attributes in `ce_` headers, data as the
 * value, the subject as the key. `traceparent` stands twice: as the extension of CloudEvents' distributed tracing, and as
 * the plain header that OpenTelemetry reads.
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
    ce_correlationid: event.correlationId,
    ...(event.causationId && { ce_causationid: event.causationId }),
    ...(event.traceparent && { ce_traceparent: event.traceparent, traceparent: event.traceparent }),
  };
}

/**
 * Reads an event that any CloudEvents producer wrote in binary mode with JSON data. What only our producers write has
 * defaults: version 1, the event's own id as the correlation id, the key as the subject. Throws `CloudEventError`.
 */
export function decodeEvent(message: IncomingMessage): ReceivedEvent {
  const header = (name: string): string | undefined => readHeader(message, name);
  const required = (name: string): string => {
    const value = header(name);
    if (value) return value;
    throw new CloudEventError(
      `${placeOf(message)} has no header ${name}; it is no CloudEvent in binary mode`,
    );
  };
  const type = required('ce_type');
  const [id, source] = [required('ce_id'), required('ce_source')];
  if (!isStorable(id) || !isStorable(source)) {
    throw new CloudEventError(
      `${placeOf(message)} has a ce_id or ce_source that holds NUL or is longer than ${LONGEST_IDENTITY} characters`,
    );
  }
  const causationId = header('ce_causationid');
  const traceparent = header('traceparent') ?? header('ce_traceparent');
  return {
    id,
    type,
    version: versionOf(message, header('ce_eventversion') ?? '1'),
    source,
    subject: header('ce_subject') ?? textOf(message.key ?? undefined) ?? '',
    aggregate: header('ce_aggregatetype') ?? type.split('.')[0] ?? type,
    time: header('ce_time') ?? '',
    data: dataOf(message),
    correlationId: header('ce_correlationid') ?? id,
    ...(causationId && { causationId }),
    ...(traceparent && { traceparent }),
    topic: message.topic,
    partition: message.partition,
    offset: message.offset,
  };
}

/** The first value of a header as text; undefined when it is not there. */
export function readHeader({ headers }: IncomingMessage, name: string): string | undefined {
  return textOf(headers[name]);
}

/** What makes a message one event; undefined where it is not there, or is nothing that the inbox could hold. */
export function readIdentity(message: IncomingMessage): EventIdentity | undefined {
  const id = readHeader(message, 'ce_id');
  const source = readHeader(message, 'ce_source');
  return id && source && isStorable(id) && isStorable(source) ? { source, id } : undefined;
}

/** An index entry of PostgreSQL holds about 2,700 bytes, and its texts hold no NUL. */
const LONGEST_IDENTITY = 500;

function isStorable(text: string): boolean {
  return text.length <= LONGEST_IDENTITY && !text.includes('\0');
}

function versionOf(message: IncomingMessage, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CloudEventError(
    `${placeOf(message)} has the version "${text}"; ce_eventversion counts 1, 2, 3, ...`,
  );
}

function dataOf(message: IncomingMessage): unknown {
  const text = textOf(message.value ?? undefined);
  if (!text) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CloudEventError(`${placeOf(message)} has data that is not JSON`, { cause });
  }
}

function textOf(value: string | Buffer | (string | Buffer)[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined ? undefined : first.toString();
}

const placeOf = ({ topic, partition, offset }: IncomingMessage): string =>
  `message ${topic}/${partition}@${offset}`;
