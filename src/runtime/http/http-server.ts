import type { Logger } from 'pino';
import { withDefaults, type HttpConfig } from '../config/http-config.ts';
import type { Part } from '../lifecycle/part.ts';
import type { HttpApp } from './http-app.ts';
import { createListener } from './server/listener.ts';

export interface HttpServerConfig {
  port: number;
  managementPort?: number;
  /** The address to listen on; by default all of the machine's. */
  host?: string;
  shutdownTimeout: number;
  /** What is absent has the default of its variable. */
  http?: Partial<HttpConfig>;
}

/** A server that can be started and stopped; its addresses are known once it has started. */
export interface HttpServer extends Required<Part> {
  readonly url: string;
  /** Where health and metrics answer; the same as `url` unless a management port is set. */
  readonly managementUrl: string;
}

/**
 * Serves the app on `config.port`, and health and metrics on `config.managementPort` where it is set; port 0 takes a
 * free one. Stopping turns readiness to 503, takes no new connection, answers every request that comes over the open
 * ones with `connection: close`, and closes those over which none comes for `shutdownGrace`. It cuts what is still open
 * after three quarters of `shutdownTimeout`, so that the other parts have time to stop too.
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
      await main.close({ grace: http.shutdownGrace, patience: shutdownTimeout * 0.75 });
      await management?.close({ grace: 0, patience: shutdownTimeout * 0.05 });
    },
  };
}
