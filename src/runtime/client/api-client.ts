import { pathOf, type QueryValues } from './address.ts';
import { createHttpClient, type CallOptions, type HttpClient } from './http-client.ts';
import type { Input, Method, OperationOf, PathsWith, Result } from './operation-types.ts';
import type { HttpClientOptions } from './settings.ts';

/** The options of a call besides its input. */
export type OperationOptions = Omit<CallOptions, 'query' | 'body' | 'accept'>;

/**
 * Calls one operation, and resolves to the body of its response, whose type is not checked. Rejects as the methods of HttpClient do:
 * with an UnavailableError while the API cannot answer, and with an HttpResponseError for any status besides 2xx.
 */
type Operation<O> = (
  ...call: Partial<Input<O>> extends Input<O>
    ? [input?: Input<O>, options?: OperationOptions]
    : [input: Input<O>, options?: OperationOptions]
) => Promise<Result<O>>;

/** Returns the function that calls the operation of a path in the OpenAPI document. */
type Operations<Paths, M extends Method> = <Path extends PathsWith<Paths, M>>(
  path: Path,
) => Operation<OperationOf<Paths, Path, M>>;

export type ApiClient<Paths> = { [M in Method]: Operations<Paths, M> } & { http: HttpClient };

interface AnyInput {
  path?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  header?: Readonly<Record<string, unknown>>;
  body?: unknown;
}

/**
 * Creates a client of an API with an OpenAPI document; `Paths` are its `paths`, as openapi-typescript writes them:
 * `createApiClient<paths>(options).get('/rates/{country}')`. Throws a TypeError for invalid options. The calls have the deadline, the
 * retries and the circuit breaker of `createHttpClient`.
 */
export function createApiClient<Paths>(options: HttpClientOptions): ApiClient<Paths> {
  const http = createHttpClient(options);
  const by = (method: Method) => (path: string) => {
    return async ({ path: values, query, header, body }: AnyInput = {}, call: OperationOptions = {}) => {
      const headers = { ...textsOf(header), ...call.headers };
      const sent = { ...call, headers, query: queryOf(query), body };
      return (await http.request(method, pathOf(path, values), sent)).body;
    };
  };
  const operations: Record<Method, unknown> = {
    get: by('get'),
    put: by('put'),
    post: by('post'),
    delete: by('delete'),
    options: by('options'),
    head: by('head'),
    patch: by('patch'),
  };
  return { ...(operations as { [M in Method]: Operations<Paths, M> }), http };
}

const textsOf = (header: AnyInput['header'] = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(header)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );

/** A list is repeated, as OpenAPI's default `style: form` says. Throws a TypeError for an object, which has no such form. */
function queryOf(query: AnyInput['query'] = {}): QueryValues {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  for (const [name, value] of given)
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof each === 'object' && each !== null)
        throw new TypeError(
          `the query parameter ${name} is an object; call http.request with the form that the API expects`,
        );
  return Object.fromEntries(given) as QueryValues;
}
