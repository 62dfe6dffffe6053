/** The fields that KafkaJS passes for each message of a batch. */
export interface RecordFields {
  offsetDelta?: number;
  timestampDelta?: number;
  key?: unknown;
  value?: unknown;
  headers?: Record<string, unknown>;
}

/** The part of KafkaJS's Encoder that is used for a record. */
export interface EncodedRecord {
  buf: Buffer;
  buffer: Buffer;
}

/**
 * Encodes a record of a version 2 batch (https://kafka.apache.org/documentation/#record) in one buffer of its exact size;
 * undefined if a field is neither text nor bytes, or if the record has its own timestamp. KafkaJS 2.2.4 creates two buffers
 * of 512 bytes for every header.
 */
export function encodeRecord(fields: RecordFields): EncodedRecord | undefined {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = fields;
  const names = Object.keys(headers);
  if (timestampDelta !== 0 || !isBytes(key) || !isBytes(value)) return undefined;
  let size = 2 + sizeOf(offsetDelta) + sizeOfBytes(key) + sizeOfBytes(value) + sizeOf(names.length);
  for (const name of names) {
    const header = headers[name];
    if (!isBytes(header)) return undefined;
    size += sizeOfBytes(name) + sizeOfBytes(header);
  }

  const buffer = Buffer.allocUnsafe(sizeOf(size) + size);
  let offset = writeNumber(buffer, 0, size);
  buffer[offset] = 0; // attributes
  buffer[offset + 1] = 0; // milliseconds after the first record
  offset = writeNumber(buffer, offset + 2, offsetDelta);
  offset = writeBytes(buffer, offset, key);
  offset = writeBytes(buffer, offset, value);
  offset = writeNumber(buffer, offset, names.length);
  for (const name of names) {
    offset = writeBytes(buffer, offset, name);
    offset = writeBytes(buffer, offset, headers[name] as string | Buffer);
  }
  return { buf: buffer, buffer };
}

const isBytes = (value: unknown): value is string | Buffer =>
  typeof value === 'string' || Buffer.isBuffer(value);

/** Returns the size of a length as a zigzag varint: 6 bits in the first byte, 7 in each further one. */
function sizeOf(length: number): number {
  let bytes = 1;
  for (let rest = length >>> 6; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

function sizeOfBytes(value: string | Buffer): number {
  const length = Buffer.byteLength(value);
  return sizeOf(length) + length;
}

function writeNumber(buffer: Buffer, offset: number, length: number): number {
  let rest = length * 2;
  let at = offset;
  while (rest > 127) {
    buffer[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

function writeBytes(buffer: Buffer, offset: number, value: string | Buffer): number {
  if (typeof value !== 'string') {
    const at = writeNumber(buffer, offset, value.length);
    return at + value.copy(buffer, at);
  }
  const length = Buffer.byteLength(value);
  const at = writeNumber(buffer, offset, length);
  return at + buffer.write(value, at, length);
}
