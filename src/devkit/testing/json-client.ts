import type { Page } from 'microservice-runtime';
import type { Caller } from '../issuer/sign-token.ts';
import { statusError } from './status-error.ts';

export interface JsonResponse<Body> {
  status: number;
  headers: Headers;
  /** The parsed JSON, or the text of another type; `undefined` when the response has no body. Its type is not checked. */
  body: Body;
}

/** A response that is on its way. */
export interface JsonRequest<Body> extends Promise<JsonResponse<Body>> {
  /**
   * Resolves to the response if it has this status. Rejects with an AssertionError otherwise, which shows the problem of the
   * response, and the error that the service has logged.
   */
  expect: (status: number) => Promise<JsonResponse<Body>>;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  /** The caller that the token of the request names; null: a request without a token. */
  as?: Caller | null;
}

/** The headers of a request, or its options. */
type Headed = Record<string, string> | RequestOptions;

interface ClientOptions {
  /** Returns the errors that the service has logged about the request with this id. */
  errorsOf?: (requestId: string) => readonly string[];
  /** Returns the headers that authenticate the caller of a request. */
  authorizationOf?: (caller: Caller | null | undefined) => Record<string, string>;
}

/** A JSON client of one service. */
export interface JsonClient {
  /** Sends a request to `path`, and `body` as JSON. Resolves for every status. */
  request: <Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    options?: Record<string, string> | RequestOptions,
  ) => JsonRequest<Body>;
  /**
   * Reads a list to its end and resolves to the items of each page. `path` may hold a query, such as `?limit=2`. Rejects
   * if the status of a page is not 200, or if the list returns to an earlier page.
   */
  readPages: <Item>(path: string, options?: RequestOptions) => Promise<Item[][]>;
}

/** A client of the service at `baseUrl`, such as `http://127.0.0.1:8001`. */
export function createJsonClient(
  baseUrl: string,
  { errorsOf = () => [], authorizationOf = () => ({}) }: ClientOptions = {},
): JsonClient {
  async function send<Body>(
    method: string,
    path: string,
    body?: unknown,
    options: Headed = {},
  ): Promise<JsonResponse<Body>> {
    const { headers, as } = isRequestOptions(options) ? options : { headers: options };
    const json = body !== undefined && { body: JSON.stringify(body) };
    const type = json && { 'content-type': 'application/json' };
    const all = { ...type, ...authorizationOf(as), ...headers };
    const response = await fetch(baseUrl + path, { method, headers: all, ...json });
    return { status: response.status, headers: response.headers, body: (await bodyOf(response)) as Body };
  }

  function request<Body>(method: string, path: string, body?: unknown, options?: Headed): JsonRequest<Body> {
    const response = send<Body>(method, path, body, options);
    const expect = async (expected: number): Promise<JsonResponse<Body>> => {
      const caller = callerOf(expect);
      const answer = await response;
      if (answer.status === expected) return answer;
      const causes = errorsOf(answer.headers.get('x-request-id') ?? '');
      throw statusError(`${method} ${path}`, answer, { expected, causes, caller });
    };
    return Object.assign(response, { expect });
  }

  async function readPage<Item>(path: string, options?: RequestOptions): Promise<Page<Item>> {
    return (await request<Page<Item>>('GET', path, undefined, options).expect(200)).body;
  }

  async function readPages<Item>(path: string, options?: RequestOptions): Promise<Item[][]> {
    let page = await readPage<Item>(path, options);
    const pages = [page.items];
    const seen = new Set<string>();
    while (page.next !== null) {
      const next = `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(page.next)}`;
      if (seen.has(next)) throw new Error(`The list never ends: two pages name ${next} as the next page.`);
      seen.add(next);
      page = await readPage<Item>(next, options);
      pages.push(page.items);
    }
    return pages;
  }

  return { request, readPages };
}

/** The options of a request are objects, and the values of headers are texts. */
const isRequestOptions = (options: Headed): options is RequestOptions =>
  'as' in options || typeof options['headers'] === 'object';

/** Returns the lines of the stack above a function that is called now: the test's, which an error after an `await` may lose. */
function callerOf(callee: (expected: number) => unknown): string {
  const trace = { stack: '' };
  Error.captureStackTrace(trace, callee);
  return trace.stack.slice(trace.stack.indexOf('\n') + 1);
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}
