import { HIDDEN } from './secret-names.ts';

/** Up to the end of the line: the schemes and the parts of such a header have no common form. */
const headers = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(: )(?!\[Redacted\])[^"\\\r\n]+/gi;
/** RFC 6750, section 2.1. Shorter ones are words. */
const bearer = /\b(Bearer )[\w.~+/-]{16,}=*/gi;
/** RFC 7519: three parts in base64url, the first of which is a JSON object. */
const jwt = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/**
 * A text, or a line of JSON, without the credentials that their form tells: headers with credentials as a protocol writes
 * them, bearer tokens and JSON Web Tokens. It takes time in proportion to the length.
 */
export function withoutCredentials(text: string): string {
  let shown = text;
  if (text.includes(': ')) shown = shown.replaceAll(headers, `$1$2${HIDDEN}`);
  if (text.includes('earer ')) shown = shown.replaceAll(bearer, `$1${HIDDEN}`);
  if (text.includes('eyJ')) shown = shown.replaceAll(jwt, HIDDEN);
  return shown;
}
