import type { Client as Connection } from 'pg';
import { currentContext, type Context } from '../context/context.ts';
import { endConnection } from './end-connection.ts';

/** The client of a request is gone, and its database work was cancelled. */
export class RequestAbandonedError extends Error {
  override name = 'RequestAbandonedError';

  constructor() {
    super('the client has disconnected, so the database work of its request is stopped');
  }
}

/** The running database work of one request. */
export interface RequestWork {
  /** Throws if the client is gone. */
  check(): void;
  take(connection: Connection): void;
  giveBack(connection: Connection): void;
  /** Sends a COMMIT, which is not interrupted from then on. */
  commit<T>(connection: Connection, send: () => Promise<T>): Promise<T>;
  /** The response is sent: work that continues no longer belongs to the request. */
  finish(): void;
  /**
   * The client is gone: cancels its statements, ends its connections, and rolls back its transactions, except those that are
   * committing.
   */
  abandon(): void;
}

const works = new WeakMap<Context, RequestWork>();

/** Assigns the database work of this context, but not of its copies, to one request. */
export function beginRequestWork(context: Context): RequestWork {
  const connections = new Set<Connection>();
  const committing = new Set<Connection>();
  let abandoned = false;
  const work: RequestWork = {
    check() {
      if (abandoned) throw new RequestAbandonedError();
    },
    take: (connection) => void connections.add(connection),
    giveBack: (connection) => void connections.delete(connection),
    async commit(connection, send) {
      work.check();
      committing.add(connection);
      return send().finally(() => committing.delete(connection));
    },
    finish: () => void works.delete(context),
    abandon() {
      abandoned = true;
      for (const connection of connections) if (!committing.has(connection)) void endConnection(connection);
    },
  };
  works.set(context, work);
  return work;
}

/** Returns the work of the current request; undefined in an event handler, and outside of both. */
export function currentRequestWork(): RequestWork | undefined {
  const context = currentContext();
  return context && works.get(context);
}
