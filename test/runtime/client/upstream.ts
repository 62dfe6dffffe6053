import { setImmediate } from 'node:timers/promises';
import { createHttpClient, type HttpClientOptions } from 'microservice-runtime/client';
import { createFakeClock } from './fake-clock.ts';

type Answer = () => Promise<Response>;

/** Answers at once with this status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    Promise.resolve(
      new Response('{}', { status: code, headers: { 'content-type': 'application/json', ...headers } }),
    );

export const refused: Answer = () =>
  Promise.reject(
    new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }),
  );

/** Never answers, and ignores the abort signal too. */
export const silent: Answer = () => new Promise(() => undefined);

/** The other side on a clock that stands still: a test sets its next answers, and counts the requests that arrive. */
export function createUpstream(options: Partial<HttpClientOptions> = {}) {
  const clock = createFakeClock();
  const requests: { method: string; url: string; headers: Headers; at: number }[] = [];
  const upstream = { answer: status(200) };
  const client = createHttpClient({
    name: 'tax',
    baseUrl: 'https://tax.example/v1',
    retries: 0,
    clock,
    fetch: (url, { method = 'GET', headers }) => {
      requests.push({ method, url: url.href, headers: headers as Headers, at: clock.now() });
      return upstream.answer();
    },
    ...options,
  });
  /** Resolves to 'ok' or to the message of the error. */
  const call = (method = 'GET', more = {}) =>
    client.request(method, '/rates', more).then(
      () => 'ok',
      (error: Error) => error.message,
    );
  /** Calls one after another; resolves to the number of requests that arrived. */
  const callTimes = async (count: number) => {
    const before = requests.length;
    for (let n = 0; n < count; n += 1) await call();
    return requests.length - before;
  };
  return { clock, client, requests, upstream, call, callTimes, settled: () => setImmediate() };
}
