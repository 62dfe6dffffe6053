import type { Server } from 'node:http';
import net, { type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { ServerState } from './server-state.ts';

/** How a server ends; times are in milliseconds. */
export interface Ending {
  /** A connection that is owed no answer is closed when nothing has come over it for this long. */
  grace: number;
  /** When what is still open is cut. */
  patience: number;
}

/** The connections of a server. */
export interface Connections {
  /**
   * Takes no new connection from now on, and resolves when the last one is gone. Closing an idle connection loses the
   * request that is on its way over it, so idle ones get a grace period (RFC 9112, section 9.5). Safe to repeat.
   */
  close(ending: Ending): Promise<void>;
}

/** Milliseconds between two looks at which connections are idle. */
const INTERVAL = 50;

/** Follows the connections of a server that does not listen yet; `state` knows to which of them an answer is owed. */
export function trackConnections(server: Server, state: Pick<ServerState, 'busy'>): Connections {
  const open = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    async close({ grace, patience }) {
      if (!server.listening) return;
      await quiet(() => accepted, patience / 4);
      const closed = stopListening(server);
      const sweep = closeIdle(open, state, grace);
      const sweeping = setInterval(sweep, INTERVAL);
      const cut = setTimeout(() => server.closeAllConnections(), patience);
      await closed;
      clearInterval(sweeping);
      clearTimeout(cut);
      server.close(); // ends the timer of the server, too
    },
  };
}

/** Connections that wait in the kernel to be accepted would be reset with the socket that listens: these come first. */
async function quiet(accepted: () => number, patience: number): Promise<void> {
  const end = performance.now() + patience;
  for (let before = -1; before !== accepted() && performance.now() < end;) {
    before = accepted();
    await turn();
    await turn();
  }
}

/** The `close` of Node's HTTP server closes idle connections at once; that of its TCP server does not. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => void net.Server.prototype.close.call(server, () => resolve()));
}

interface Silence {
  bytesRead: number;
  since: number;
}

/**
 * Returns a function that closes the connections that have been silent for the grace period. It looks after the event
 * loop has read what has come, so that a busy process does not take a connection for silent. Node's
 * `closeIdleConnections` cuts answers that are not yet sent whole, and leaves connections open that were never used.
 */
function closeIdle(open: ReadonlySet<Socket>, state: Pick<ServerState, 'busy'>, grace: number): () => void {
  const silences = new WeakMap<Socket, Silence>();
  const look = () => {
    const now = performance.now();
    const busy = state.busy();
    for (const socket of open) {
      const { bytesRead } = socket;
      const silence = silences.get(socket);
      if (busy.has(socket) || silence?.bytesRead !== bytesRead)
        silences.set(socket, { bytesRead, since: now });
      else if (now - silence.since >= grace) socket.destroy();
    }
  };
  look();
  return () => void setImmediate(look);
}
