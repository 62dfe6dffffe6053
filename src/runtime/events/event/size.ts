import type { IncomingMessage } from './message.ts';

/**
 * An event exceeds the size limit: a compressed batch of a few kilobytes may contain an event of many megabytes. Its value is
 * neither read nor kept.
 */
export class EventSizeError extends Error {
  override name = 'EventSizeError';
}

type Bytes = string | Buffer;

/**
 * Describes how a message exceeds `most` bytes, as the end of a sentence; undefined if it does not. Its key, its value, and
 * the names and values of its headers count.
 */
export function excessOf(
  { key, value, headers }: Pick<IncomingMessage, 'key' | 'value' | 'headers'>,
  most: number,
): string | undefined {
  if (roughly({ key, value, headers }) <= most) return undefined;
  let bytes = lengthOf(key) + lengthOf(value);
  for (const [name, values] of Object.entries(headers))
    for (const each of Array.isArray(values) ? values : [values])
      bytes += Buffer.byteLength(name) + lengthOf(each ?? null);
  return bytes > most ? `${bytes} bytes, and KAFKA_MAX_EVENT_BYTES is ${most}` : undefined;
}

/** An upper bound that takes little time: a character has at most three bytes for each of its UTF-16 code units. */
function roughly({ key, value, headers }: Pick<IncomingMessage, 'key' | 'value' | 'headers'>): number {
  let length = (key?.length ?? 0) + (value?.length ?? 0);
  for (const name of Object.keys(headers)) {
    const values = headers[name];
    if (!Array.isArray(values)) length += name.length + (values?.length ?? 0);
    else for (const each of values) length += name.length + each.length;
  }
  return 3 * length;
}

const lengthOf = (bytes: Bytes | null): number => (bytes === null ? 0 : Buffer.byteLength(bytes));

/** Throws if a message is too large to be read. */
export function checkSize({ excess, value, topic, partition, offset }: IncomingMessage): void {
  if (excess === undefined) return;
  const kept = value === null ? '; its value was not stored, so the event can only be dropped' : '';
  throw new EventSizeError(
    `message ${topic}/${partition}@${offset} has ${excess}${kept}; change its producer to store the data elsewhere and publish a reference`,
  );
}
