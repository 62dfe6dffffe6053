import type { IncomingMessage } from './message.ts';

type Headers = IncomingMessage['headers'];
type Bytes = string | Buffer;

/** Headers by name, on an object that has no prototype: a header may be named `constructor` or `__proto__`. */
const noHeaders = (): Headers => Object.create(null) as Headers;

/**
 * The headers of a record. A value that is null is absent (https://kafka.apache.org/documentation/#recordheader allows it); of a
 * name that comes several times all values are kept, in their order. Takes time in proportion to their number.
 */
export function headersByName(list: readonly { key: unknown; value: unknown }[]): Headers {
  const headers = noHeaders();
  for (const { key, value } of list) {
    if (!isBytes(value)) continue;
    const name = String(key);
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else headers[name] = [known, value];
  }
  return headers;
}

/** The same for headers that somebody has put into an object: only strings and bytes are kept, whatever it inherits. */
export function cleanHeaders(given: Readonly<Record<string, unknown>> = {}): Headers {
  const headers = noHeaders();
  for (const [name, values] of Object.entries(given)) {
    if (isBytes(values)) headers[name] = values;
    else if (Array.isArray(values)) {
      const [first, ...others] = values.filter(isBytes);
      if (first !== undefined) headers[name] = others.length > 0 ? [first, ...others] : first;
    }
  }
  return headers;
}

const isBytes = (value: unknown): value is Bytes => typeof value === 'string' || Buffer.isBuffer(value);
