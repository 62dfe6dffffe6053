import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The lifecycle of a server, and its pending answers. */
export interface ServerState {
  readonly phase: 'starting' | 'running' | 'draining';
  /** Returns whether to handle the request: false after an answer with `connection: close` (RFC 9112, section 9.6). */
  begin(res: ServerResponse): boolean;
  end(res: ServerResponse): void;
  run(): void;
  /** From now on every answer closes its connection, including pending answers whose headers are not sent yet. */
  drain(): void;
  /** The connections with a pending answer. */
  busy(): ReadonlySet<Socket>;
  /** The pending answers of a connection, in order. */
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
 * Sets `connection: close` on the last answer of each connection: pipelined requests (RFC 9112, section 9.3.2) that have been
 * read are answered, in order.
 */
function createClosings() {
  const last = new WeakMap<Socket, ServerResponse>();
  return {
    /** False if an earlier answer has closed the connection. */
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
