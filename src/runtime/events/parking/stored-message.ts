import { createHash } from 'node:crypto';
import { readAttribute, readIdentity } from '../event/cloud-events.ts';
import { receivedAt, type IncomingMessage } from '../event/message.ts';
import { cleanHeaders, headersByName } from '../event/received-headers.ts';
import { isText, storableText } from '../event/storable-text.ts';

type Bytes = string | Buffer;
type HeaderJson = string | { base64: string };

/** A message in the form of event_parked. */
export interface ParkedRow {
  id: string;
  topic: string;
  partition: number | null;
  position: string | null;
  headers: Record<string, HeaderJson | HeaderJson[]>;
  raw_key: Buffer | null;
  value: Buffer | null;
  received_at: Date | null;
}

/** An index entry of PostgreSQL holds about 2,700 bytes, and Kafka's keys have no such limit. */
const LONGEST_KEY = 1_000;

/**
 * Returns the key under which a message waits: its own key as text; `base64:...` if that is not text; `sha256:...` if it is
 * too long for an index. A message without a key is identified by its place, so nothing queues behind it.
 */
export function keyTextOf({ key, partition, offset }: IncomingMessage): string {
  if (key === null) return `${partition}@${offset}`;
  const bytes = Buffer.from(key);
  if (bytes.length > LONGEST_KEY) return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const isItself = isText(bytes) && !looksMade.test(bytes.toString());
  return isItself ? bytes.toString() : `base64:${bytes.toString('base64')}`;
}

/** A real key that looks like a generated one would share the state of another key. */
const looksMade = /^(base64:|sha256:|\d+@\d+$)/;

/** Returns the values of a row, in the order of the columns in `appendParked`. */
export function parkedValues(message: IncomingMessage): unknown[] {
  const identity = readIdentity(message);
  const type = readAttribute(message, 'type');
  const time = receivedAt(message);
  return [
    keyTextOf(message),
    message.partition,
    message.offset,
    identity?.source ?? null,
    identity?.id ?? null,
    type === undefined ? null : storableText(type),
    JSON.stringify(message.excess === undefined ? headerJson(message) : headersOfExcess(message)),
    keyBytesOf(message),
    message.excess === undefined ? toBuffer(message.value) : null,
    time === undefined ? null : new Date(time),
  ];
}

/** The header of a reduced row, with the reason for the reduction. */
const REDUCED = 'microservice-reduced';

/** Returns only the values that are needed to show a message and to block its key: its place, its key and its value. */
export function reducedValues(message: IncomingMessage, error: string): unknown[] {
  const { topic, partition, offset, key, value, excess } = message;
  const headers = { [REDUCED]: `the headers were not stored: ${storableText(error, 500)}` };
  return parkedValues({
    topic,
    partition,
    offset,
    key,
    value,
    headers,
    ...(excess !== undefined && { excess }),
  });
}

/** The header of a row whose value was too large; it contains the size of the message. */
export const TOO_LARGE = 'microservice-too-large';
/** The bytes kept of each header of such a message, of all headers, and of the key. */
const HEADER_KEPT = 1_000;
const HEADERS_KEPT = 10_000;

function headersOfExcess(message: IncomingMessage): ParkedRow['headers'] {
  const kept = headersByName([{ key: TOO_LARGE, value: message.excess }]);
  let left = HEADERS_KEPT;
  for (const [name, values] of Object.entries(message.headers)) {
    const [first] = [values].flat();
    if (first === undefined || name === TOO_LARGE) continue;
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(first);
    if (bytes > Math.min(left, HEADER_KEPT)) continue;
    left -= bytes;
    kept[name] = first;
  }
  return headerJson({ ...message, headers: kept });
}

const keyBytesOf = ({ key, excess }: IncomingMessage): Buffer | null =>
  excess === undefined ? toBuffer(key) : (toBuffer(key)?.subarray(0, LONGEST_KEY) ?? null);

const toBuffer = (bytes: Bytes | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));

function headerJson({ headers }: IncomingMessage): ParkedRow['headers'] {
  const encode = (value: Bytes): HeaderJson => {
    const bytes = Buffer.from(value);
    return isText(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
  };
  const present = Object.entries(cleanHeaders(headers)).flatMap(([name, value]) =>
    value === undefined ? [] : [[storableText(name), value] as const],
  );
  return Object.fromEntries(
    present.map(([name, value]) => [name, Array.isArray(value) ? value.map(encode) : encode(value)]),
  );
}

/** Returns the message as received from Kafka, byte for byte; one that was too large has no value, and is marked. */
export function parkedMessage(row: ParkedRow): IncomingMessage {
  const decode = (value: HeaderJson): Bytes =>
    typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
  const excess = row.headers[TOO_LARGE];
  return {
    topic: row.topic,
    partition: row.partition ?? -1,
    offset: row.position ?? '-1',
    key: row.raw_key,
    value: row.value,
    headers: headersByName(
      Object.entries(row.headers).flatMap(([key, values]) =>
        [values].flat().map((value) => ({ key, value: decode(value) })),
      ),
    ),
    ...(row.value === null && typeof excess === 'string' && { excess }),
    ...(row.received_at && { timestamp: String(row.received_at.getTime()) }),
  };
}
