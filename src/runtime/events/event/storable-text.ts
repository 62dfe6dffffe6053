import { isUtf8 } from 'node:buffer';

/** NUL and halves of surrogate pairs. */
const notText = /[\0\p{Cs}]/u;
const everyNotText = new RegExp(notText, 'gu');

/** Whether PostgreSQL takes something as text: UTF-8 without NUL. Half of a surrogate pair is not text either. */
export function isText(value: string | Buffer): boolean {
  if (typeof value === 'string') return !notText.test(value);
  return isUtf8(value) && !value.includes(0);
}

/** Any text so that PostgreSQL takes it, and not more of it than somebody reads. */
export function storableText(text: string, longest = 4_000): string {
  return text.slice(0, longest).replaceAll(everyNotText, '\u{fffd}');
}

/** As long as the id of an event may be, which is the correlation id of what it causes. */
const LONGEST_ID = 2_000;

/**
 * An id that goes along with everything that an event causes, as a header of each: undefined where it is not text or takes
 * more than 2,000 bytes, since nothing could be published in its context then.
 */
export function carriedId(id: string | Buffer | undefined): string | undefined {
  return id !== undefined && Buffer.byteLength(id) <= LONGEST_ID && isText(id) ? id.toString() : undefined;
}
