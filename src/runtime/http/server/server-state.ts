import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Where the server is in its life, and the answers that it still owes. */
export interface ServerState {
  readonly phase: 'starting' | 'running' | 'draining';
  /** Whether the request is to be handled: not when an answer has said that its connection closes (RFC 9112, section 9.6). */
  begin(res: ServerResponse): boolean;
  end(res: ServerResponse): void;
  run(): void;
  /** From now on every answer closes its connection; those that have been begun too, where it is not too late. */
  drain(): void;
  /** The connections over which an answer is still to come. */
  busy(): ReadonlySet<Socket>;
  /** The answers that are still to come over a connection, in their order. */
  owedOn(socket: Socket): ServerResponse[];
}

/** The state of a server that has not started. */
export function createServerState(): ServerState {
  const owed = new Set<ServerResponse>();
  let phase: ServerState['phase'] = 'starting';
  const closings = createClosings();
  return {
    get phase() {
      return phase;
    },
    begin(res) {
      if (phase === 'draining' && !closings.closeAfter(res)) return false;
      owed.add(res);
      return true;
    },
    end: (res) => void owed.delete(res),
    run: () => void (phase = 'running'),
    drain() {
      phase = 'draining';
      for (const res of owed) closings.closeAfter(res);
    },
    busy: () => new Set(Array.from(owed, ({ req }) => req.socket)),
    owedOn: (socket) => Array.from(owed).filter(({ req }) => req.socket === socket),
  };
}

/**
 * Says `connection: close` on the last answer of each connection: the requests of a pipeline (RFC 9112, section 9.3.2)
 * have been read, and are answered, in the order in which they came.
 */
function createClosings() {
  const last = new WeakMap<Socket, ServerResponse>();
  return {
    /** False when an earlier answer has closed the connection. */
    closeAfter(res: ServerResponse): boolean {
      const before = last.get(res.req.socket);
      if (before?.headersSent) return false;
      before?.removeHeader('connection');
      if (res.headersSent) return true;
      res.setHeader('connection', 'close');
      last.set(res.req.socket, res);
      return true;
    },
  };
}
