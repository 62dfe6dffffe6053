import type { IncomingMessage } from './message.ts';

type Headers = IncomingMessage['headers'];
type Bytes = string | Buffer;

/** V8 stores the properties of `Object.create(null)` in a hash table, which slows down each message. */
const Bare = function Headers() {} as unknown as new () => Headers;
Bare.prototype = Object.create(null);

/** Headers by name, in an object that inherits nothing: a header may be named `constructor` or `__proto__`. */
const noHeaders = (): Headers => new Bare();

/**
 * Returns the headers of a record. A null value counts as missing (https://kafka.apache.org/documentation/#recordheader
 * allows it); a repeated name keeps all its values, in order. Takes time proportional to the number of headers.
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

/** Returns the headers of a plain object: only own strings and bytes are kept. */
export function cleanHeaders(given: Readonly<Record<string, unknown>> = {}): Headers {
  const headers = noHeaders();
  for (const name of Object.keys(given)) {
    const values = given[name];
    if (isBytes(values)) headers[name] = values;
    else if (Array.isArray(values)) {
      const [first, ...others] = values.filter(isBytes);
      if (first !== undefined) headers[name] = others.length > 0 ? [first, ...others] : first;
    }
  }
  return headers;
}

const isBytes = (value: unknown): value is Bytes => typeof value === 'string' || Buffer.isBuffer(value);
