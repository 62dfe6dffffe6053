const hidden = '[Redacted]';
const always = [
  'password',
  'passwd',
  'passphrase',
  'authorization',
  'proxyAuthorization',
  'cookie',
  'setCookie',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'secret',
  'clientSecret',
  'apiKey',
  'privateKey',
];
/** Lines end here: what lies deeper is not looked at, and so not written. */
const depth = 8;

type Fields = Record<string, unknown>;

/**
 * Returns a function that gives the fields of a log line without passwords, tokens, cookies, authorization headers and the
 * fields of these `names`, which it knows as `apiKey`, `api_key` and `API-KEY`. An object without any is returned as it is:
 * copying every line, as pino's `redact` does, costs more than writing it.
 */
export function secretRemover(names: readonly string[] = []): (fields: Fields) => Fields {
  const secret = new Set([...always, ...names].map(plainName));

  function withoutSecrets<T extends Fields | unknown[]>(values: T, left: number): T {
    let copy: Fields | undefined;
    for (const [name, value] of Object.entries(values)) {
      const shown = secret.has(plainName(name)) ? hidden : shownValue(name, value, left);
      if (shown !== value) (copy ??= copyOf(values))[name] = shown;
    }
    return (copy as T | undefined) ?? values;
  }

  function shownValue(name: string, value: unknown, left: number): unknown {
    if (name === 'detail' && typeof value === 'string') return withoutValues(value);
    if (!isPlain(value)) return value;
    return left === 0 ? '[Object]' : withoutSecrets(value, left - 1);
  }

  return (fields) => withoutSecrets(fields, depth);
}

const copyOf = (values: Fields | unknown[]): Fields =>
  Array.isArray(values) ? ([...values] as unknown as Fields) : { ...values };

const plainName = (name: string) => name.replaceAll(/[-_]/g, '').toLowerCase();

function isPlain(value: unknown): value is Fields | unknown[] {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) || prototype === Object.prototype || prototype === null) return true;
  return isWrittenError(value);
}

/** An error in an error, as pino's serializer writes it. */
const isWrittenError = (value: object) => !(value instanceof Error) && 'stack' in value && 'message' in value;

/**
 * The `detail` of an error of PostgreSQL without the values of the row, which may be secret: `Key (email)=(a@b.c) already
 * exists.` and `Failing row contains (1, a@b.c, null).` A value may hold parentheses: it ends with the last one.
 */
const withoutValues = (detail: string): string =>
  detail
    .replace(/^(Failing row contains )\(.*\)/s, `$1(${hidden})`)
    .replace(/^(Key .*?\)=)\(.*\)( conflicts with existing key .*?\)=)\(.*\)/s, `$1(${hidden})$2(${hidden})`)
    .replace(/^(Key (?:(?! conflicts with).)*?\)=)\((?!\[Redacted\]\)).*\)/s, `$1(${hidden})`);
