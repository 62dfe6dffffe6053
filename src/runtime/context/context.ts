import { AsyncLocalStorage } from 'node:async_hooks';

/** What one request or one event carries through every call that it causes. */
export interface Context {
  /** The request's own id; for an event, the event's id. */
  readonly requestId: string;
  /** The same for everything that one first cause set off, across services. */
  readonly correlationId: string;
  /** The event that caused this work, if an event did. */
  readonly causationId?: string;
  /** W3C trace context of the current span. */
  readonly traceparent: string;
}

const storage = new AsyncLocalStorage<Context>();

/** Runs `work` with `context` as the current one, in it and in all that it awaits; returns what `work` returns. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request or event being handled, or undefined outside of both. */
export function currentContext(): Context | undefined {
  return storage.getStore();
}
