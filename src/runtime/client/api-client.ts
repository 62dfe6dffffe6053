import { filledPath, type QueryValues } from './address.ts';
import { createHttpClient, type CallOptions, type HttpClient } from './http-client.ts';
import type { HttpClientOptions } from './settings.ts';

/** The options of a call besides its input. */
export type OperationOptions = Omit<CallOptions, 'query' | 'body' | 'accept'>;

/**
 * Calls one operation, and resolves to the body of its response, whose type is not checked. Rejects as the methods of HttpClient do:
 * with an UnavailableError while the API cannot answer, and with an HttpResponseError for any status besides 2xx.
 */
type TypedCall<O> = (
  ...call: Partial<OperationInput<O>> extends OperationInput<O>
    ? [input?: OperationInput<O>, options?: OperationOptions]
    : [input: OperationInput<O>, options?: OperationOptions]
) => Promise<Result<O>>;

/** Returns the function that calls the operation of a path in the OpenAPI document. */
type Operations<Paths, M extends ApiMethod> = <Path extends PathsWith<Paths, M>>(
  path: Path,
) => TypedCall<OperationOf<Paths, Path, M>>;

export type ApiClient<Paths> = { [M in ApiMethod]: Operations<Paths, M> } & { http: HttpClient };

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
  const by = (method: ApiMethod) => (path: string) => {
    return async ({ path: values, query, header, body }: AnyInput = {}, call: OperationOptions = {}) => {
      const headers = { ...textsOf(header), ...call.headers };
      const sent = { ...call, headers, query: queryOf(query), body };
      return (await http.request(method, filledPath(path, values), sent)).body;
    };
  };
  const operations: Record<ApiMethod, unknown> = {
    get: by('get'),
    put: by('put'),
    post: by('post'),
    delete: by('delete'),
    options: by('options'),
    head: by('head'),
    patch: by('patch'),
  };
  return { ...(operations as { [M in ApiMethod]: Operations<Paths, M> }), http };
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

/** The methods of the operations in an OpenAPI document that a client can call. */
type ApiMethod = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch';

/** The paths in `paths`, as openapi-typescript writes it, that have an operation with this method. */
type PathsWith<Paths, M extends ApiMethod> = {
  [Path in keyof Paths]: Paths[Path] extends Record<M, object> ? Path : never;
}[keyof Paths] &
  string;

/** The operation of a path and a method. */
type OperationOf<Paths, Path extends keyof Paths, M extends ApiMethod> =
  Paths[Path] extends Record<M, infer Operation> ? Operation : never;

/** The input of an operation: `path`, `query` and `header` with its parameters, and `body`, each if the operation has it. */
type OperationInput<Operation> = InputPart<'path', Parameters<Operation, 'path'>> &
  InputPart<'query', Parameters<Operation, 'query'>> &
  InputPart<'header', Parameters<Operation, 'header'>> &
  Body<Operation>;

/** The body of the response with a status of 2xx; of `default` if the operation states none. */
type Result<Operation> = Operation extends { responses: infer Responses }
  ? [Success<Responses>] extends [never]
    ? Responses extends { default: infer Default }
      ? BodyOf<Default>
      : unknown
    : BodyOf<Responses[Success<Responses>]>
  : unknown;

type InputPart<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : Partial<Value> extends Value
    ? { [N in Name]?: Value }
    : { [N in Name]: Value };

type Parameters<Operation, In extends string> = Operation extends {
  parameters: { [I in In]?: infer Values };
}
  ? Exclude<Values, undefined>
  : never;

type Body<Operation> = Operation extends { requestBody: { content: infer Content } }
  ? { body: Json<Content> }
  : Operation extends { requestBody?: infer Request }
    ? Exclude<Request, undefined> extends { content: infer Content }
      ? [Exclude<Request, undefined>] extends [never]
        ? unknown
        : { body?: Json<Content> }
      : unknown
    : unknown;

/** The types of the content that is JSON. */
type Json<Content> = {
  [Media in keyof Content]: Media extends `${string}json${string}` | '*/*' ? Content[Media] : never;
}[keyof Content];

type BodyOf<Response> = Response extends { content: infer Content }
  ? {
      [Media in keyof Content]: Media extends `${string}json${string}`
        ? Content[Media]
        : Media extends `text/${string}`
          ? string
          : unknown;
    }[keyof Content]
  : undefined;

type Success<Responses> = {
  [Status in keyof Responses]: `${Status & (string | number)}` extends `2${string}` ? Status : never;
}[keyof Responses];
