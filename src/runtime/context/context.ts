import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from './principal.ts';

/** The context of one request or event, passed to every call that it causes. */
export interface Context {
  /** The request's own id; for an event, the event's id. */
  readonly requestId: string;
  /** The same id for everything that one original request or event causes, across services. */
  readonly correlationId: string;
  /** The event that caused this work, if any. */
  readonly causationId?: string;
  /** The W3C trace context of the current span. */
  readonly traceparent: string;
  /** The caller of the request, once its token is verified; undefined for an event and for a request without a token. */
  readonly principal?: Principal;
  /** The source and the id of the event that this work published last, as in `order-service/0192d5a0-...`. */
  readonly lastEvent?: string;
}

const storage = new AsyncLocalStorage<Context | undefined>();

/** Runs `work` with `context`, which also applies to everything that it awaits; returns the result of `work`. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}

/** Runs `work` outside of the current request or event: it neither ends with it nor counts as its work. */
export function runWithoutContext<T>(work: () => T): T {
  return storage.run(undefined, work);
}

/** Returns the context of the current request or event; undefined outside of both. */
export function currentContext(): Context | undefined {
  return storage.getStore();
}

/** Names the caller of the current request. */
export function setPrincipal(principal: Principal): void {
  Object.assign(storage.getStore() ?? {}, { principal });
}

/** Returns the caller of the current request; undefined if it sent no token, if the route reads none, and outside of a request. */
export function currentPrincipal(): Principal | undefined {
  return currentContext()?.principal;
}
