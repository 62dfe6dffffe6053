import { includes, messages, type Field } from './message.ts';

interface Cursor {
  bytes: Buffer;
  at: number;
  version: number;
  isFlexible: boolean;
}

const API_VERSIONS = 'ApiVersions';

/**
 * Reads an answer, behind its correlation id, to the last byte. Throws if the bytes are not those of this message in
 * this version: too few, too many, or null where nothing may be null. A UUID is text as Kafka prints it.
 */
export function decodeMessage<Answer>(name: string, version: number, bytes: Buffer): Answer {
  const message = messages.get(name);
  if (!message) throw new Error(`The tables have no message ${name}`);
  const cursor = { bytes, at: 0, version, isFlexible: includes(message.flexible, version) };
  // The response to ApiVersions keeps the plain header, so any client can read it (KIP-511).
  if (cursor.isFlexible && name !== API_VERSIONS) assertNoTags(cursor);
  const answer = struct(message.response, cursor);
  if (cursor.at < bytes.length) throw new Error(`${bytes.length - cursor.at} bytes too many`);
  return answer as Answer;
}

function struct(fields: readonly Field[], cursor: Cursor): Record<string, unknown> {
  const { version, isFlexible } = cursor;
  const present = fields.filter(({ versions }) => includes(versions, version));
  const isTagged = ({ tag }: Field): boolean => tag !== undefined && includes(tag.versions, version);
  const entries = present
    .filter((field) => !isTagged(field))
    .map((field): [string, unknown] => [field.name, value(field, cursor)]);
  if (!isFlexible) return Object.fromEntries(entries);
  return Object.fromEntries([...entries, ...tags(present.filter(isTagged), cursor)]);
}

function tags(known: readonly Field[], cursor: Cursor): [string, unknown][] {
  let previous = -1;
  return Array.from({ length: varint(cursor) }, () => {
    const number = varint(cursor);
    if (number <= previous) throw new Error(`tag ${number} behind tag ${previous}`);
    previous = number;
    const end = varint(cursor) + cursor.at;
    const field = known.find(({ tag }) => tag?.number === number);
    if (!field) throw new Error(`tag ${number}, which Kafka does not have`);
    const entry: [string, unknown] = [field.name, value(field, cursor)];
    if (cursor.at !== end) throw new Error(`tag ${number} does not end where it says`);
    return entry;
  });
}

function value(field: Field, cursor: Cursor): unknown {
  if (!field.isArray) return single(field, cursor);
  const count = cursor.isFlexible ? varint(cursor) - 1 : int(cursor, 4);
  if (count < 0) return nullOf(field, cursor);
  return Array.from({ length: count }, () => single(field, cursor));
}

function single(field: Field, cursor: Cursor): unknown {
  switch (field.type) {
    case 'struct':
      return struct(field.fields, cursor);
    case 'string':
      return sized(field, cursor, 2)?.toString('utf8') ?? null;
    case 'bytes':
    case 'records':
      return sized(field, cursor, 4);
    case 'uuid':
      return take(cursor, 16).toString('base64url');
    case 'bool':
      return int(cursor, 1) !== 0;
    default:
      return int(cursor, Number(field.type.slice(3)) / 8);
  }
}

function sized(field: Field, cursor: Cursor, width: number): Buffer | null {
  const length = cursor.isFlexible ? varint(cursor) - 1 : int(cursor, width);
  return length < 0 ? nullOf(field, cursor) : take(cursor, length);
}

function nullOf({ name, nullable }: Field, { version }: Cursor): null {
  if (!includes(nullable, version)) throw new Error(`${name} is null`);
  return null;
}

function assertNoTags(cursor: Cursor): void {
  const count = varint(cursor);
  if (count !== 0) throw new Error(`${count} tags in the header of an answer`);
}

function take(cursor: Cursor, length: number): Buffer {
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new Error(`${end - cursor.bytes.length} bytes too few`);
  const taken = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return taken;
}

/** Exact within 2^53, which no value of a test exceeds. */
function int(cursor: Cursor, width: number): number {
  const bytes = take(cursor, width);
  return width === 8 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, width);
}

function varint(cursor: Cursor): number {
  let number = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = take(cursor, 1)[0]!;
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return number;
  }
  throw new Error('a variable-length integer of more than 5 bytes');
}
