/** Returns the base address of a client. Throws a TypeError unless it is an http or https address without a query or credentials. */
export function baseAddress(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError(
      `baseUrl is ${JSON.stringify(baseUrl)}; write an address such as https://api.example.com/v1`,
    );
  if (url.username || url.password)
    throw new TypeError('baseUrl contains credentials; pass them as a header instead');
  if (url.search || url.hash)
    throw new TypeError(`baseUrl ${url.href} has a query or a fragment; write only the address and its path`);
  return url;
}

export type QueryValues = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;
type QueryValue = string | number | boolean;

/** The URL parser treats a backslash as "/", and drops white space and control characters at the end: `/..\0` would leave the path. */
// oxlint-disable-next-line no-control-regex
const unsafe = /[\\\s\x00-\x1f]/;

/**
 * Returns the address of `path` below `base`. Throws a TypeError for any path that could lead to another origin or leave the base
 * path: an absolute address, `//host`, a backslash, or a dot segment, encoded or not.
 */
export function targetOf(base: URL, path: string, query: QueryValues = {}): URL {
  const [pathname = ''] = path.split(/[?#]/);
  const segments = pathname.split('/');
  const isRelative = pathname.startsWith('/') && !pathname.startsWith('//') && !unsafe.test(pathname);
  if (!isRelative || segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw new TypeError(
      `the path is ${JSON.stringify(path)}; it must start with one "/" and have no "..", "\\" or space. Write values with urlPath\`/rates/\${country}\``,
    );
  const url = new URL(base.origin + base.pathname.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? (value as QueryValue[]) : [value as QueryValue | undefined])
      if (each !== undefined) url.searchParams.append(name, String(each));
  return url;
}

/**
 * Builds a path from values, each of which becomes one segment or a part of it: urlPath`/rates/${country}`. Throws a TypeError for a
 * value that is empty, `.` or `..`, since the path would be another one.
 */
export function urlPath(literals: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return literals.reduce((text, literal, index) => text + segment(values[index - 1] ?? '') + literal);
}

/** Fills in a path of an OpenAPI document, such as `/rates/{country}`. Throws a TypeError like urlPath, and for a missing value. */
export const filledPath = (template: string, values: Readonly<Record<string, unknown>> = {}): string =>
  template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value === 'object' || value === undefined)
      throw new TypeError(`${name} of the path ${template} is missing; pass it in path`);
    return segment(value as string | number);
  });

function segment(value: string | number): string {
  const text = String(value);
  if (/^\.{0,2}$/.test(text))
    throw new TypeError(`a part of the path is ${JSON.stringify(text)}, which is not a segment`);
  return encodeURIComponent(text);
}
