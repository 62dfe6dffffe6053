import { childTraceparent } from '../context/traceparent.ts';
import { currentContext } from '../context/context.ts';
import { InvalidResponseError, readResponse, type ClientResponse } from './response.ts';

export type Fetch = (address: URL, init: RequestInit) => Promise<Response>;

/** One request, as it goes over the network. */
export interface Outgoing {
  method: string;
  url: URL;
  headers: Headers;
  /** The serialized body. */
  body?: string | undefined;
}

const MAX_REDIRECTS = 5;

/** Sends a request and reads the whole response. A GET or HEAD follows redirects, but never to another origin. */
export async function sendOnce(
  { method, url, headers, body }: Outgoing,
  { fetch, signal, limit }: { fetch: Fetch; signal: AbortSignal; limit: number },
): Promise<ClientResponse<unknown>> {
  let address = url;
  for (let redirects = 0; ; redirects += 1) {
    const init = { method, headers, body, signal, redirect: 'manual' } as const;
    const response = await fetch(address, init);
    const target = response.headers.get('location');
    const isRedirect = response.status >= 301 && response.status <= 308 && response.status !== 304;
    if (!isRedirect || target === null)
      return readResponse(response, { limit, accept: headers.get('accept') });
    await response.body?.cancel();
    if (redirects === MAX_REDIRECTS)
      throw new InvalidResponseError(`the response is redirect number ${redirects + 1}`);
    address = redirected(method, address, target);
  }
}

/** A redirect could send credentials to another origin, or the request to an address inside of the network. */
function redirected(method: string, from: URL, target: string): URL {
  const to = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  if (to?.origin !== from.origin)
    throw new InvalidResponseError(`the response redirects to another origin: ${to?.origin ?? target}`);
  if (to.username || to.password)
    throw new InvalidResponseError('the response redirects to an address with credentials');
  if (method !== 'GET' && method !== 'HEAD')
    throw new InvalidResponseError(`the response redirects a ${method} to ${to.pathname}; call that path`);
  return to;
}

/** Returns the headers of a call. The trace is that of the current request or event. */
export function requestHeaders(
  given: readonly (Readonly<Record<string, string>> | undefined)[],
  { idempotencyKey, isJson }: { idempotencyKey?: string | undefined; isJson: boolean },
): Headers {
  const headers = new Headers({ accept: 'application/json' });
  if (isJson) headers.set('content-type', 'application/json');
  for (const [name, value] of given.flatMap((each) => Object.entries(each ?? {}))) headers.set(name, value);
  headers.set('traceparent', childTraceparent(currentContext()?.traceparent));
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  return headers;
}
