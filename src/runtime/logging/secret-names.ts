/** Replaces a secret. */
export const HIDDEN = '[Redacted]';

/** Secret as the whole name or as one of its words: `customerPin`, but not `shipping`. */
const words = /(?:^|_)(?:pin|[th]?otp|cvv|cvc|ssn|sig)(?:_|$)|^pass$/;
/** Secret at the end of a word too: `csrftoken` like `csrfToken`, but not `tokenize`. */
const ends = /(?:secret|token|jwt|cookie|credential|signature)s?(?:_|$)|pwd(?:_|$)/;
/** Secret anywhere, also without separated words: `userpassword`, `apikey`, `accesstoken`. */
const parts =
  /password(?!less)|passwd|passphrase|passcode|authorization|setcookie|(?:api|private|secret|access|signing|encryption|master|account)key(?!id)|(?:access|refresh|id|auth|bearer)token|clientsecret|(?:db|smtp|mail|user|login|basic|proxy)pass$/;
/**
 * The last words of a name that describes a secret without containing it: `tokenCount`, `passwordChangedAt`, `cookieName`.
 */
const facts =
  /_(?:count|length|size|types?|kind|at|in|on|expiry|expiration|ttl|lifetime|age|ur[li]|endpoint|host|domain|path|names?|fields?|policy|rules?|limit|algorithm|schemes?|scopes?|version|status|state|required|enabled|issuer|audience|method)$/;
const plural = /s[\d_]*$/i;

/** Names come from bodies too, so the number of cached names and their length are limited. */
const REMEMBERED = 2_000;
const LONGEST = 64;

/** Reports whether a field with this name and value must not appear in a log. */
export type IsSecret = (name: string, value: unknown) => boolean;

/**
 * Recognizes secrets by the words of their names, in `camelCase`, `snake_case` and `kebab-case`; each of `names` matches in
 * any of these spellings. Existence and number are not secret: booleans, null, and a number with a plural name.
 */
export function secretNames(names: readonly string[] = []): IsSecret {
  const own = new Set(names.map(plainName));
  const known = new Map<string, boolean>();

  function verdict(name: string): boolean {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const found = own.has(plainName(name)) || saysSecret(name);
    if (known.size >= REMEMBERED) known.clear();
    if (name.length <= LONGEST) known.set(name, found);
    return found;
  }

  return (name, value) => {
    if (value === undefined || value === null || typeof value === 'boolean') return false;
    return verdict(name) && !(typeof value === 'number' && plural.test(name));
  };
}

function saysSecret(name: string): boolean {
  const snake = wordsOf(name);
  const isSaid = words.test(snake) || ends.test(snake) || parts.test(snake.replaceAll('_', ''));
  return isSaid && !facts.test(snake);
}

/** Converts `X-API-Key`, `xApiKey2` and `x[apiKey]` to `x_api_key`. */
const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, '_')
    .replaceAll(/^_|_$/g, '');

const plainName = (name: string) => name.replaceAll(/[-_]/g, '').toLowerCase();
