import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from './message.ts';

/** An event in the structured mode of the Kafka binding of CloudEvents 1.0.2, section 3.3. */
export interface StructuredEvent {
  attributes: ReadonlyMap<string, string>;
  data?: unknown;
  /** The data, if it is in `data_base64`. */
  bytes?: Buffer;
  /** The reason why it cannot be read, as the end of a sentence about the message. */
  fault?: string;
}

const PREFIX = 'application/cloudevents';
const JSON_FORMAT = 'application/cloudevents+json';
const read = new WeakMap<IncomingMessage, StructuredEvent>();

/** Returns the event of a message in structured mode, parsed once; undefined for any other message. */
export function structuredOf(message: IncomingMessage): StructuredEvent | undefined {
  const value = message.headers['content-type'];
  const header = Array.isArray(value) ? value[0] : value;
  // without a value it is a tombstone, whatever its headers
  if (
    message.value === null ||
    message.excess !== undefined ||
    header === undefined ||
    header.length < PREFIX.length
  )
    return undefined;
  const mediaType = header.toString();
  if (!mediaType.toLowerCase().startsWith(PREFIX)) return undefined;
  const known = read.get(message) ?? readEvent(message.value, mediaType);
  read.set(message, known);
  return known;
}

function readEvent(value: string | Buffer, mediaType: string): StructuredEvent {
  const [format = ''] = mediaType.split(';');
  if (format.trim().toLowerCase() !== JSON_FORMAT) return faulty(unknownFormat(format.trim()));
  const bytes = Buffer.from(value);
  if (!isUtf8(bytes)) return faulty('has an event that is not UTF-8');
  try {
    const event: unknown = JSON.parse(bytes.toString());
    if (isObject(event)) return eventOf(event);
    return faulty(`has the content type ${JSON_FORMAT}, and its value is not an object`);
  } catch {
    return faulty(`has the content type ${JSON_FORMAT}, and its value is not JSON`);
  }
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function eventOf({ data, data_base64: base64, ...attributes }: Record<string, unknown>): StructuredEvent {
  const texts = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
    return isScalar ? [[name, String(value)]] : [];
  });
  const event = { attributes: new Map(texts), data };
  const inBase64 = data === undefined && typeof base64 === 'string';
  return inBase64 ? { ...event, bytes: Buffer.from(base64, 'base64') } : event;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const faulty = (fault: string): StructuredEvent => ({ attributes: new Map(), fault });

const unknownFormat = (format: string): string =>
  `has the content type ${JSON.stringify(format.slice(0, 100))}, which this service cannot read; ` +
  `send ${JSON_FORMAT} with one event, or the binary mode (the Kafka binding of CloudEvents 1.0.2 defines no batches)`;
