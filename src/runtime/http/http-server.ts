import type { Logger } from 'pino';
import { withDefaults, type HttpConfig } from '../config/http-config.ts';
import type { Part } from '../lifecycle/part.ts';
import type { HttpApp } from './http-app.ts';
import { createListener } from './server/listener.ts';

export interface HttpServerConfig {
  port: number;
  managementPort?: number;
  /** The address to listen on; default: all addresses of the machine. */
  host?: string;
  shutdownTimeout: number;
  /** Missing settings have the defaults of their variables. */
  http?: Partial<HttpConfig>;
}

/** A server that can be started and stopped. Its addresses are known after the start. */
export interface HttpServer extends Required<Part> {
  readonly url: string;
  /** The URL of health and metrics; equal to `url` unless a management port is set. */
  readonly managementUrl: string;
  /** The OpenAPI document of the app, which the command `contracts` writes. */
  readonly openapi: object;
}

/**
 * Serves the app on `config.port`, and health and metrics on `config.managementPort` if that is set; port 0 takes a free
 * port. On stop, readiness answers 503 and the server accepts no new connection, answers every request on open connections
 * with `connection: close`, and closes connections that receive no request for `shutdownGrace`. After three quarters of
 * `shutdownTimeout` it cuts all remaining connections, which leaves the other parts time to stop.
 */
export function httpServer(app: HttpApp, config: HttpServerConfig, logger?: Logger): HttpServer {
  const { host, shutdownTimeout } = config;
  const http = withDefaults(config.http, shutdownTimeout);
  const common = { state: app.state, host, config: http, logger };
  const main = createListener({ ...common, handle: app.express });
  const management =
    config.managementPort === undefined ? undefined : createListener({ ...common, handle: app.management });
  return {
    name: 'http server',
    openapi: app.openapi,
    get url() {
      return main.url();
    },
    get managementUrl() {
      return (management ?? main).url();
    },
    async start() {
      await management?.open(config.managementPort ?? 0, 'MANAGEMENT_PORT');
      await main.open(config.port, 'PORT');
      for (const job of app.jobs) await job.start();
      app.state.run();
      logger?.info({ url: main.url(), management_url: management?.url() }, `listening at ${main.url()}`);
    },
    async stop() {
      app.state.drain();
      await Promise.all(app.jobs.map((job) => job.stop()));
      await main.close({ grace: http.shutdownGrace, patience: shutdownTimeout * 0.75 });
      await management?.close({ grace: 0, patience: shutdownTimeout * 0.05 });
    },
  };
}
