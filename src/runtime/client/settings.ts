import type { Registry } from 'prom-client';
import type { BreakerSettings } from './breaker.ts';
import type { BulkheadSettings } from './bulkhead.ts';
import type { ClientClock } from './clock.ts';
import type { Fetch } from './exchange.ts';
import type { RetrySettings } from './retries.ts';

export interface HttpClientOptions extends Partial<BreakerSettings & BulkheadSettings & RetrySettings> {
  /** The name of the other side in errors, logs and metrics, such as `tax`. */
  name: string;
  /** Its address, such as `https://api.example.com/v1`. No call leaves this origin and path. */
  baseUrl: string;
  /** Headers of every call, such as `authorization`. */
  headers?: Readonly<Record<string, string>>;
  /** The longest time of a call with all retries, in ms; default 10,000. */
  deadline?: number;
  /** The longest time of one attempt, in ms; default 3,000. */
  attemptTimeout?: number;
  /** The largest body of a response, in bytes; default 10 MiB. */
  responseLimit?: number;
  /** Gets the metrics; pass `bus.registry`, which `/metrics` shows. */
  registry?: Registry;
  /** Gets a warning when the breaker opens, and an info when it closes. */
  logger?: ClientLogger;
  /** For tests; default: the time of the system. */
  clock?: ClientClock;
  /** For tests; default: `fetch`. */
  fetch?: Fetch;
}

interface ClientLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const defaults = {
  deadline: 10_000,
  attemptTimeout: 3_000,
  responseLimit: 10 * 2 ** 20,
  retries: 2,
  retryDelay: 200,
  failureThreshold: 5,
  failureRate: 0.5,
  minimumCalls: 20,
  window: 10_000,
  recoveryTimeout: 60_000,
  maxConcurrent: 50,
  maxQueue: 50,
};

export type ClientSettings = HttpClientOptions & typeof defaults;

/** A longer timer would fire at once (https://nodejs.org/api/timers.html). */
const LONGEST = 2 ** 31 - 1;
const most: Partial<Record<string, number>> = { failureRate: 1, deadline: LONGEST, attemptTimeout: LONGEST };

const mayBeZero = new Set(['retries', 'maxQueue', 'retryDelay']);

/** Adds the defaults. Throws a TypeError that names an invalid number. */
export function clientSettings(options: HttpClientOptions): ClientSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings = { ...defaults, ...(Object.fromEntries(given) as unknown as HttpClientOptions) };
  for (const name of [...Object.keys(defaults), 'slowCall'] as (keyof typeof defaults)[]) {
    const value = settings[name];
    const isValid = Number.isFinite(value) && (mayBeZero.has(name) ? value >= 0 : value > 0);
    if (value !== undefined && !isValid)
      throw new TypeError(`${name} of the client "${options.name}" is ${value}; write a positive number`);
    const limit = most[name];
    if (limit !== undefined && value > limit)
      throw new TypeError(`${name} of the client "${options.name}" is ${value}; write at most ${limit}`);
  }
  return settings;
}
