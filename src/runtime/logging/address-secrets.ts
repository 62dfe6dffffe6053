import { HIDDEN } from './secret-names.ts';

/**
 * Each `://` and the text after it, up to a space, a quote, an escape of JSON, or the next `://`; `\\` is a backslash in
 * JSON.
 */
const addresses = /:\/\/(?:(?!:\/\/)(?:[^\s"\\]|\\\\))+/g;
const port = /^:\d{1,5}(?:[/?#]|$)/;
const web = /(?:https?|wss?)$/i;
/** A `?` with a parameter, which a password with a `?` rarely resembles. */
const query = /\?[^@]*=/;

/**
 * Removes the passwords of addresses from a text or a line of JSON: `postgres://user:[Redacted]@host/database`. In web
 * addresses, a token may replace the user or the password, so both are hidden. Takes time proportional to the length.
 */
export function withoutAddressSecrets(text: string): string {
  if (!text.includes('://')) return text;
  return text.replaceAll(addresses, (address, offset: number) => {
    const isWeb = web.test(text.slice(Math.max(0, offset - 5), offset));
    const [from, at] = secretIn(address, isWeb);
    return from < at ? `${address.slice(0, from)}${HIDDEN}${address.slice(at)}` : address;
  });
}

/**
 * Returns the start and the end of an address's secret. The secret should not contain an unencoded `/`, `?` or `#` (RFC 3986,
 * section 3.2.1), but may; digits before the first of them are a password or a port.
 */
function secretIn(address: string, isWeb: boolean): [from: number, at: number] {
  const colon = address.indexOf(':', 3);
  const slash = address.slice(3).search(/[/?#]/) + 3;
  const hasSlash = slash > 2;
  const inside = hasSlash ? address.lastIndexOf('@', slash) : address.lastIndexOf('@');
  if (address[3] === '[') return [0, 0];
  if (isWeb && inside !== -1) return [3, inside];
  if (colon === -1 || (hasSlash && colon > slash)) return [0, 0];
  const at = inside === -1 ? address.lastIndexOf('@') : inside;
  const looksLikePort = inside === -1 && port.test(address.slice(colon, colon + 7));
  if (looksLikePort && (isWeb || query.test(address.slice(colon, Math.max(colon, at))))) return [0, 0];
  return [isWeb ? 3 : colon + 1, at];
}
