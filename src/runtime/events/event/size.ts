import type { IncomingMessage } from './message.ts';

/**
 * An event is larger than events may be: a compressed batch of some kilobytes may hold one of many megabytes. Its value is
 * not read, and not kept.
 */
export class EventSizeError extends Error {
  override name = 'EventSizeError';
}

type Bytes = string | Buffer;

/**
 * What tells that a message is larger than `most` bytes, as the end of a sentence about it; undefined where it is not. Its
 * key, its value, and the names and values of its headers count.
 */
export function excessOf(
  { key, value, headers }: Pick<IncomingMessage, 'key' | 'value' | 'headers'>,
  most: number,
): string | undefined {
  let bytes = lengthOf(key) + lengthOf(value);
  for (const [name, values] of Object.entries(headers))
    for (const each of Array.isArray(values) ? values : [values])
      bytes += Buffer.byteLength(name) + lengthOf(each ?? null);
  return bytes > most ? `${bytes} bytes, and KAFKA_MAX_EVENT_BYTES is ${most}` : undefined;
}

const lengthOf = (bytes: Bytes | null): number => (bytes === null ? 0 : Buffer.byteLength(bytes));

/** Throws where a message is too large to be read. */
export function checkSize({ excess, value, topic, partition, offset }: IncomingMessage): void {
  if (excess === undefined) return;
  const kept = value === null ? '; its value was not stored, so the event can only be dropped' : '';
  throw new EventSizeError(
    `message ${topic}/${partition}@${offset} has ${excess}${kept}; change its producer to store the data elsewhere and publish a reference`,
  );
}
