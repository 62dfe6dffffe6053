import type { Page } from 'microservice-runtime';
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

/** A JSON client of one service. */
export interface JsonClient {
  /** Sends a request to `path`, and `body` as JSON. Resolves for every status. */
  request: <Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => JsonRequest<Body>;
  /**
   * Reads a list to its end and resolves to the items of each page. `path` may hold a query, such as `?limit=2`. Rejects
   * if the status of a page is not 200, or if the list returns to an earlier page.
   */
  readPages: <Item>(path: string) => Promise<Item[][]>;
}

/**
 * A client of the service at `baseUrl`, such as `http://127.0.0.1:8001`. `errorsOf` returns the errors that the service has
 * logged about the request with this id.
 */
export function createJsonClient(
  baseUrl: string,
  errorsOf: (requestId: string) => readonly string[] = () => [],
): JsonClient {
  async function send<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<JsonResponse<Body>> {
    const json = body !== undefined && { body: JSON.stringify(body) };
    const type = json && { 'content-type': 'application/json' };
    const response = await fetch(baseUrl + path, { method, headers: { ...type, ...headers }, ...json });
    return { status: response.status, headers: response.headers, body: (await bodyOf(response)) as Body };
  }

  function request<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): JsonRequest<Body> {
    const response = send<Body>(method, path, body, headers);
    const expect = async (expected: number): Promise<JsonResponse<Body>> => {
      const caller = callerOf(expect);
      const answer = await response;
      if (answer.status === expected) return answer;
      const causes = errorsOf(answer.headers.get('x-request-id') ?? '');
      throw statusError(`${method} ${path}`, answer, { expected, causes, caller });
    };
    return Object.assign(response, { expect });
  }

  async function readPage<Item>(path: string): Promise<Page<Item>> {
    return (await request<Page<Item>>('GET', path).expect(200)).body;
  }

  async function readPages<Item>(path: string): Promise<Item[][]> {
    let page = await readPage<Item>(path);
    const pages = [page.items];
    const seen = new Set<string>();
    while (page.next !== null) {
      const next = `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(page.next)}`;
      if (seen.has(next)) throw new Error(`The list never ends: two pages name ${next} as the next page.`);
      seen.add(next);
      page = await readPage<Item>(next);
      pages.push(page.items);
    }
    return pages;
  }

  return { request, readPages };
}

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
