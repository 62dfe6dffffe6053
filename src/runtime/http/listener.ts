import { createServer, type RequestListener, type Server } from 'node:http';
import { trackConnections, type Ending } from './connections.ts';
import type { ServerState } from './server-state.ts';

/** One server, on one port. */
export interface Listener {
  /** Throws while it has no address. */
  url(): string;
  /** Rejects with a message that names the port, and the variable that moves it. */
  open(port: number, variable: string): Promise<void>;
  close(ending: Ending): Promise<void>;
}

/** Longer than load balancers keep idle connections (60 s is common), so that it is never we who close one in use. */
const KEEP_ALIVE = 65_000;

/** Creates a server that does not listen yet. */
export function createListener(
  handle: RequestListener,
  state: ServerState,
  host: string | undefined,
): Listener {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, handle);
  const connections = trackConnections(server, state);
  let url: string | undefined;
  return {
    url(): string {
      if (url === undefined) throw new Error('The http server has no address yet: start it first.');
      return url;
    },
    async open(port, variable) {
      await open(server, { port, host, variable });
      url = urlOf(server, host);
    },
    close: (ending) => connections.close(ending),
  };
}

function urlOf(server: Server, host = '127.0.0.1'): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface Place {
  port: number;
  host: string | undefined;
  variable: string;
}

function open(server: Server, { port, host, variable }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
      const advice = `stop it, or set ${variable} to another port`;
      reject(new Error(`Cannot listen on port ${port}: ${reason}; ${advice}.`, { cause: error }));
    };
    server.once('error', refuse);
    server.listen({ port, host }, () => resolve(void server.off('error', refuse)));
  });
}
