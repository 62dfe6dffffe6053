import type { Server } from 'node:http';
import net, { type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { ServerState } from './server-state.ts';

/** The limits of a shutdown, in ms. */
export interface Ending {
  /** A connection without a pending answer is closed after this long without a request. */
  grace: number;
  /** The time after which all remaining connections are cut. */
  patience: number;
}

/** The connections of a server. */
export interface Connections {
  /**
   * Accepts no new connection from now on, and resolves when the last one is gone. Closing an idle connection loses a request
   * that is already on its way, so idle connections get a grace period (RFC 9112, section 9.5). Safe to repeat.
   */
  close(ending: Ending): Promise<void>;
}

/** The interval between checks for idle connections, in ms. */
const INTERVAL = 50;

/** Tracks the connections of a server that does not listen yet; `state` knows which of them have a pending answer. */
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
      server.close(); // also ends the server's timer
    },
  };
}

/** Closing the listening socket resets connections that the kernel has not handed over yet, so accept those first. */
async function quiet(accepted: () => number, patience: number): Promise<void> {
  const end = performance.now() + patience;
  for (let before = -1; before !== accepted() && performance.now() < end;) {
    before = accepted();
    await turn();
    await turn();
  }
}

/** `close` of Node's HTTP server closes idle connections immediately; `close` of its TCP server does not. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => void net.Server.prototype.close.call(server, () => resolve()));
}

interface Silence {
  bytesRead: number;
  since: number;
}

/**
 * Returns a function that closes connections which have been silent for the grace period. It checks after the event loop has
 * read pending input, so a busy process does not treat a connection as silent. Node's `closeIdleConnections` cuts answers
 * that are not completely sent, and leaves connections open that were never used.
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
