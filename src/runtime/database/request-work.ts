import type { Client as Connection } from 'pg';
import { currentContext, type Context } from '../context/context.ts';
import { endConnection } from './end-connection.ts';

/** The client of a request has gone, and what it had under way in the database ended with it. */
export class RequestAbandonedError extends Error {
  override name = 'RequestAbandonedError';

  constructor() {
    super('the client has disconnected, so the database work of its request is stopped');
  }
}

/** What one request has under way in the database. */
export interface RequestWork {
  /** Throws where the client has gone. */
  check(): void;
  take(connection: Connection): void;
  giveBack(connection: Connection): void;
  /** Sends a COMMIT, which nothing interrupts from then on. */
  commit<T>(connection: Connection, send: () => Promise<T>): Promise<T>;
  /** The response is sent: what goes on without it is not the request's any more. */
  finish(): void;
  /** The client has gone: its statements are cancelled, its connections end, and transactions that do not commit yet roll back. */
  abandon(): void;
}

const works = new WeakMap<Context, RequestWork>();

/** Makes what happens in the database in this context, and in no copy of it, the work of one request. */
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

/** The work of the request that is being handled; undefined in the handler of an event, and outside of both. */
export function currentRequestWork(): RequestWork | undefined {
  const context = currentContext();
  return context && works.get(context);
}
