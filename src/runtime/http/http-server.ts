import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import type { Part } from '../lifecycle/part.ts';
import type { HttpApp } from './http-app.ts';

export interface HttpServerConfig {
  port: number;
  managementPort?: number;
  /** The address to listen on; by default all of the machine's. */
  host?: string;
  shutdownTimeout: number;
}

/** A server that can be started and stopped; its addresses are known once it has started. */
export interface HttpServer extends Required<Part> {
  readonly url: string;
  /** Where health and metrics answer; the same as `url` unless a management port is set. */
  readonly managementUrl: string;
}

/** Longer than load balancers keep idle connections (60 s is common), so that it is never we who close one in use. */
const KEEP_ALIVE = 65_000;

/**
 * Serves the app on `config.port`, and health and metrics on `config.managementPort` where it is set; port 0 takes a
 * free one. Stopping turns readiness to 503, takes no new connection, answers what is in flight, and cuts what is still
 * open after three quarters of `shutdownTimeout`, so that the other parts have time to stop too.
 */
export function httpServer(app: HttpApp, config: HttpServerConfig, logger?: Logger): HttpServer {
  const main = listener(app.express, config.host);
  const management = config.managementPort === undefined ? undefined : listener(app.management, config.host);
  return {
    name: 'http server',
    get url() {
      return main.url();
    },
    get managementUrl() {
      return (management ?? main).url();
    },
    async start() {
      await management?.open(config.managementPort ?? 0, 'MANAGEMENT_PORT');
      await main.open(config.port, 'PORT');
      app.state.run();
      logger?.info({ url: main.url(), management_url: management?.url() }, `listening at ${main.url()}`);
    },
    async stop() {
      app.state.drain();
      await main.close(config.shutdownTimeout * 0.75);
      await management?.close(0);
    },
  };
}

function listener(handle: RequestListener, host: string | undefined) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, handle);
  let url: string | undefined;
  return {
    url(): string {
      if (url === undefined) throw new Error('The http server has no address yet: start it first.');
      return url;
    },
    async open(port: number, variable: string) {
      await open(server, { port, host, variable });
      url = urlOf(server, host);
    },
    close: (patience: number) => close(server, patience),
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

/** `close` leaves alone a connection that becomes idle later, so these are closed as they appear. */
async function close(server: Server, patience: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), patience);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
