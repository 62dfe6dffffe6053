import { isUtf8 } from 'node:buffer';

/** NUL and unpaired surrogates. */
const notText = /[\0\p{Cs}]/u;
const everyNotText = new RegExp(notText, 'gu');

/** Reports whether PostgreSQL accepts a value as text: UTF-8 without NUL. An unpaired surrogate is not text either. */
export function isText(value: string | Buffer): boolean {
  if (typeof value === 'string') return !notText.test(value);
  return isShortAscii(value) || (isUtf8(value) && !value.includes(0));
}

/** Ids and types nearly always are, and a call of Node's own functions costs more than a look at their bytes. */
function isShortAscii(value: Buffer): boolean {
  if (value.length > 64) return false;
  for (const byte of value) if (byte === 0 || byte > 0x7f) return false;
  return true;
}

/** Converts any text to one that PostgreSQL accepts, and shortens it. */
export function storableText(text: string, longest = 4_000): string {
  return text.slice(0, longest).replaceAll(everyNotText, '\u{fffd}');
}

/** The longest event id, which is the correlation id of the events that it causes. */
const LONGEST_ID = 2_000;

/**
 * Returns an id that every event caused by this one carries as a header; undefined if it is not text or longer than 2,000
 * bytes, since nothing could be published with it.
 */
export function carriedId(id: string | Buffer | undefined): string | undefined {
  return id !== undefined && Buffer.byteLength(id) <= LONGEST_ID && isText(id) ? id.toString() : undefined;
}
