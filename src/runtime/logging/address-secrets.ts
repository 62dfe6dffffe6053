import { HIDDEN, secretNames } from './secret-names.ts';

/** Each `://` with what follows, up to a space, a quote, an escape of JSON, or the next one; `\\` is a backslash in JSON. */
const addresses = /:\/\/(?:(?!:\/\/)(?:[^\s"\\]|\\\\))+/g;
const port = /^:\d{1,5}(?:[/?#]|$)/;
const parameters = /([?&;#])([\w.-]+)=([^&;#]+)/g;
const isSecret = secretNames();

/**
 * A text, or a line of JSON, without the passwords of the addresses in it, and without the values of their parameters that
 * the names say are secret: `postgres://user:[Redacted]@host/database`. It takes time in proportion to the length.
 */
export function withoutAddressSecrets(text: string): string {
  if (!text.includes('://')) return text;
  return text.replaceAll(addresses, (address) => withoutParameters(withoutPassword(address)));
}

/** A password should have no `/`, `?` or `#` that is not encoded (RFC 3986, section 3.2.1), and may have one. */
function withoutPassword(address: string): string {
  const colon = address.indexOf(':', 3);
  const slash = address.slice(3).search(/[/?#]/) + 3;
  const hasSlash = slash > 2;
  if (colon === -1 || (hasSlash && colon > slash) || address[3] === '[') return address;
  const inside = hasSlash ? address.lastIndexOf('@', slash) : -1;
  const at = inside === -1 ? address.lastIndexOf('@') : inside;
  if (at < colon || (inside === -1 && port.test(address.slice(colon, colon + 7)))) return address;
  return `${address.slice(0, colon + 1)}${HIDDEN}${address.slice(at)}`;
}

const withoutParameters = (address: string): string =>
  address.includes('=')
    ? address.replaceAll(parameters, (whole, before: string, name: string, value: string) =>
        isSecret(name, value) ? `${before}${name}=${HIDDEN}` : whole,
      )
    : address;
