import { HIDDEN } from './secret-names.ts';

/** Where a word begins, also behind an escape of JSON, such as \n. */
const begin = String.raw`(?:\b|(?<=\\[bfnrt]))`;
/** Up to the end of the line: the schemes and the parts of such a header have no common form. */
const headers = new RegExp(
  String.raw`${begin}((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(: )(?!\[Redacted\])[^"\\\r\n]+`,
  'gi',
);
/** RFC 6750, section 2.1. Shorter ones are words. */
const bearer = new RegExp(String.raw`${begin}(Bearer )[\w.~+/-]{16,}=*`, 'gi');
/** RFC 7519: three parts in base64url, the first of which is a JSON object. */
const jwt = new RegExp(String.raw`${begin}eyJ[\w-]{8,1000}\.[\w-]+\.[\w-]*`, 'g');

/**
 * A text, or a line of JSON, without the credentials that their form tells: headers with credentials as a protocol writes
 * them, bearer tokens and JSON Web Tokens. It takes time in proportion to the length: most lines are looked through for texts
 * that begin with a rare letter, and no more.
 */
export function withoutCredentials(text: string): string {
  let shown = text;
  if (text.includes(': ')) shown = shown.replaceAll(headers, `$1$2${HIDDEN}`);
  if (text.includes('Bearer ') || text.includes('bearer ')) shown = shown.replaceAll(bearer, `$1${HIDDEN}`);
  if (text.includes('yJ')) shown = shown.replaceAll(jwt, HIDDEN);
  return shown;
}
