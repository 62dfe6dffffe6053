import { targetOf, baseAddress, type QueryValues } from './address.ts';
import { createBreaker } from './breaker.ts';
import { createBulkhead } from './bulkhead.ts';
import { createAttempts } from './attempts.ts';
import { createDeadlines } from './deadlines.ts';
import { systemClock } from './clock.ts';
import { requestHeaders } from './exchange.ts';
import { createClientMetrics } from './metrics.ts';
import { HttpResponseError, type ClientResponse } from './response.ts';
import { createRetryBudget, isRepeatable } from './retries.ts';
import { clientSettings, type HttpClientOptions } from './settings.ts';
import { callEndOf, errorOf, isSuccess } from './outcomes.ts';
import { withRetries } from './with-retries.ts';

export interface CallOptions {
  query?: QueryValues;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as `Idempotency-Key`, without quotes; a POST or PATCH with a key is retried too. Use the id of the event or row, not a new one. */
  idempotencyKey?: string;
  /** Statuses besides 2xx with which the call resolves, such as 404. */
  accept?: readonly number[];
  /** Cancels the call. */
  signal?: AbortSignal;
}

/**
 * Calls `path` and resolves to the response if its status is 2xx or accepted. Rejects with an UnavailableError if the other side cannot
 * be reached, does not answer in time, answers 429, 502, 503 or 504, or if the breaker is open: the same call may succeed later. Rejects
 * with an HttpResponseError for any other status, and with the reason of `signal` if that is aborted.
 */
type Call = <Body = unknown>(path: string, options?: CallOptions) => Promise<ClientResponse<Body>>;

export interface HttpClient {
  readonly name: string;
  get: Call;
  post: Call;
  put: Call;
  patch: Call;
  delete: Call;
  /** Calls with any method. */
  request: <Body = unknown>(
    method: string,
    path: string,
    options?: CallOptions,
  ) => Promise<ClientResponse<Body>>;
}

/**
 * Creates a client of an HTTP API outside of the system. Each call passes, from the outside: total deadline, retries of repeatable
 * calls, circuit breaker, limit of concurrent calls, attempt timeout. The state is that of this process, so create one client per other
 * side. Throws a TypeError for invalid options. Opens no connection and starts no timer before the first call.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const settings = clientSettings(options);
  const { name, clock = systemClock, logger } = settings;
  const base = baseAddress(settings.baseUrl);
  const bulkhead = createBulkhead(settings);
  const calls = () => ({ running: bulkhead.running(), queued: bulkhead.queued() });
  const metrics = createClientMetrics(settings.registry, name, calls);
  const breaker = createBreaker(settings, {
    now: clock.now,
    probeTimeout: settings.deadline + settings.attemptTimeout, // each probe settles before
    changed(state) {
      metrics.changed(state);
      const level = state === 'open' ? 'warn' : 'info';
      logger?.[level]({ client: name, breaker: state }, `the circuit breaker of ${name} is ${state}`);
    },
  });
  const deadlines = createDeadlines(clock);
  const attempt = createAttempts(settings, { breaker, bulkhead, deadlines });
  const budget = createRetryBudget();

  async function run(method: string, path: string, call: CallOptions): Promise<ClientResponse<unknown>> {
    const { body, idempotencyKey, signal } = call;
    const outgoing = {
      method,
      url: targetOf(base, path, call.query),
      headers: requestHeaders([settings.headers, call.headers], {
        idempotencyKey,
        isJson: body !== undefined,
      }),
      body: body === undefined ? undefined : JSON.stringify(body),
    };
    const isAgain = isRepeatable(method, idempotencyKey);
    const late = `${name} did not answer within ${settings.deadline} ms`;
    return deadlines.within({ milliseconds: settings.deadline, late, outer: signal }, async (deadline) => {
      const response = await withRetries(() => attempt(outgoing, deadline.signal), {
        ...{ settings, deadline, budget, clock, isRepeatable: isAgain },
        onRetry: metrics.retried,
      });
      if (isSuccess(response.status) || call.accept?.includes(response.status)) return response;
      throw errorOf(response, { name, method, path });
    });
  }

  async function request<Body>(method: string, path: string, call: CallOptions = {}) {
    const begun = clock.now();
    const ended = (end: Parameters<typeof metrics.ended>[0]) =>
      metrics.ended(end, (clock.now() - begun) / 1_000);
    try {
      const response = await run(method.toUpperCase(), path, call);
      ended('success');
      return response as ClientResponse<Body>;
    } catch (error) {
      ended(call.signal?.aborted && !(error instanceof HttpResponseError) ? 'canceled' : callEndOf(error));
      throw error;
    }
  }

  const by =
    (method: string): Call =>
    (path, call) =>
      request(method, path, call);
  return {
    name,
    request,
    get: by('GET'),
    post: by('POST'),
    put: by('PUT'),
    patch: by('PATCH'),
    delete: by('DELETE'),
  };
}
