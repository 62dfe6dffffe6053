import { BatchError } from '../bytes/batch-error.ts';
import type { BatchHeader } from './batch-header.ts';
import { ByteReader } from '../bytes/byte-reader.ts';

/** A record in KafkaJS's form; its bytes are views of the batch. */
export interface KafkaRecord {
  offset: string;
  /** In milliseconds since the epoch by convention, but any signed 64-bit integer. */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  /** A repeated name has all its values. */
  headers: Record<string, HeaderValue | HeaderValue[]>;
}

/** Null if the producer sent null. */
type HeaderValue = Buffer | null;

/** Reads the record at the reader's position (https://kafka.apache.org/documentation/#record). Throws a BatchError. */
export function readRecord(batch: ByteReader, header: BatchHeader): KafkaRecord {
  const record = new ByteReader(batch.take(batch.varint()));
  record.byte(); // attributes, which are unused
  const timestampDelta = record.varlong();
  const offset = header.baseOffset + record.varint();
  const [key, value] = [readBytes(record), readBytes(record)];
  const headers = readHeaders(record);
  if (record.remaining > 0) throw new BatchError(`has a record with ${record.remaining} extra bytes`);
  const { logAppendTime, maxTimestamp, baseTimestamp } = header;
  const timestamp = logAppendTime ? maxTimestamp : BigInt.asIntN(64, baseTimestamp + timestampDelta);
  return { offset: String(offset), timestamp: String(timestamp), key, value, headers };
}

function readBytes(record: ByteReader): Buffer | null {
  const length = record.varint();
  return length < 0 ? null : record.take(length);
}

/** A header may have the name of a property of every object, and 100,000 headers may have the same name. */
function readHeaders(record: ByteReader): KafkaRecord['headers'] {
  const headers: KafkaRecord['headers'] = {};
  for (let left = record.varint(); left > 0; left -= 1) {
    const name = record.take(record.varint()).toString();
    const value = readBytes(record);
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (Array.isArray(known)) known.push(value);
    else setHeader(headers, name, known === undefined ? value : [known, value]);
  }
  return headers;
}

function setHeader(headers: KafkaRecord['headers'], name: string, value: HeaderValue | HeaderValue[]): void {
  if (name !== '__proto__') headers[name] = value;
  else Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
}
