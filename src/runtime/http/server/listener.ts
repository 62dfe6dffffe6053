import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import type { HttpConfig } from '../../config/http-config.ts';
import { trackConnections, type Ending } from './connections.ts';
import { refuseMalformed } from './refused-requests.ts';
import type { ServerState } from './server-state.ts';

/** A server on one port. */
export interface Listener {
  /** Throws if the server has no address yet. */
  url(): string;
  /** Rejects with a message that names the port and its variable. */
  open(port: number, variable: string): Promise<void>;
  close(ending: Ending): Promise<void>;
}

interface Options {
  handle: RequestListener;
  state: ServerState;
  host: string | undefined;
  config: HttpConfig;
  logger: Logger | undefined;
}

/** Creates a server that does not listen yet. */
export function createListener({ handle, state, host, config, logger }: Options): Listener {
  const server = createHttpServer(handle, config);
  refuseMalformed(server, state, logger);
  const connections = trackConnections(server, state);
  let url: string | undefined;
  return {
    url(): string {
      if (url === undefined) throw new Error('The HTTP server has no address yet. Start it first.');
      return url;
    },
    async open(port, variable) {
      await open(server, { port, host, variable });
      url = urlOf(server, host);
    },
    close: (ending) => connections.close(ending),
  };
}

/** Node would answer a missing Host and an unknown expectation without a body; `forbidden` handles them instead. */
function createHttpServer(handle: RequestListener, config: HttpConfig): Server {
  const { keepAliveTimeout, headersTimeout, requestTimeout } = config;
  const connectionsCheckingInterval = Math.ceil(Math.min(headersTimeout / 4, 5_000));
  const times = { keepAliveTimeout, headersTimeout, requestTimeout, connectionsCheckingInterval };
  const server = createServer({ ...times, requireHostHeader: false }, handle);
  return server.on('checkExpectation', handle);
}

function urlOf(server: Server, host = '127.0.0.1'): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface ListenAddress {
  port: number;
  host: string | undefined;
  variable: string;
}

function open(server: Server, { port, host, variable }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      const reason = isTaken ? 'another process listens on it' : error.message;
      const advice = `${isTaken ? 'Stop that process, or set' : 'Set'} ${variable} to another port`;
      reject(new Error(`Cannot listen on port ${port}: ${reason}. ${advice}.`, { cause: error }));
    };
    server.once('error', refuse);
    server.listen({ port, host }, () => resolve(void server.off('error', refuse)));
  });
}
