import { HIDDEN } from './secret-names.ts';

/** The start of a word, also after an escape of JSON, such as \n. */
const begin = String.raw`(?:\b|(?<=\\[bfnrt]))`;
/** Matches up to the end of the line, because the schemes and parts of these headers have no common form. */
const headers = new RegExp(
  String.raw`${begin}((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(: )(?!\[Redacted\])[^"\\\r\n]+`,
  'gi',
);
/** RFC 6750, section 2.1. Shorter values are ordinary words. */
const bearer = new RegExp(String.raw`${begin}(Bearer )[\w.~+/-]{16,}=*`, 'gi');
/** RFC 7519: three parts in base64url; the first is a JSON object. */
const jwt = new RegExp(String.raw`${begin}eyJ[\w-]{8,1000}\.[\w-]+\.[\w-]*`, 'g');

/**
 * Removes credentials with a recognizable form from a text or a line of JSON: headers in a protocol's format, bearer tokens
 * and JSON Web Tokens. Takes time proportional to the length; most lines are only searched for the rare first letters.
 */
export function withoutCredentials(text: string): string {
  let shown = text;
  if (text.includes(': ')) shown = shown.replaceAll(headers, `$1$2${HIDDEN}`);
  if (text.includes('Bearer ') || text.includes('bearer ')) shown = shown.replaceAll(bearer, `$1${HIDDEN}`);
  if (text.includes('yJ')) shown = shown.replaceAll(jwt, HIDDEN);
  return shown;
}
