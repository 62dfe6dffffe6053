import { HIDDEN } from './secret-names.ts';

/** Each `://` with what follows, up to a space, a quote, an escape of JSON, or the next one; `\\` is a backslash in JSON. */
const addresses = /:\/\/(?:(?!:\/\/)(?:[^\s"\\]|\\\\))+/g;
const port = /^:\d{1,5}(?:[/?#]|$)/;
const web = /(?:https?|wss?)$/i;
/** A `?` with a parameter, which a password with a `?` rarely is. */
const query = /\?[^@]*=/;

/**
 * A text, or a line of JSON, without the passwords of the addresses in it: `postgres://user:[Redacted]@host/database`. The
 * web has no users without a secret: a token may stand in the place of either, so both are hidden. It takes time in
 * proportion to the length.
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
 * Where the secret of an address begins and ends. It should have no `/`, `?` or `#` that is not encoded (RFC 3986, section
 * 3.2.1), and may have one; digits before the first of them are a password or a port.
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
