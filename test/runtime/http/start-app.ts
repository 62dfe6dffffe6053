import { PassThrough } from 'node:stream';
import type { Knex } from 'knex';
import { createLogger } from 'microservice-runtime';
import {
  createHttpApp,
  httpServer,
  type ApiRouter,
  type HttpApp,
  type HttpAppOptions,
  type HttpServer,
  type HttpServerConfig,
} from 'microservice-runtime/http';

export type LogLine = Record<string, unknown> & { msg: string; level: string };

export interface StartedApp {
  app: HttpApp;
  server: HttpServer;
  /** Every line logged so far. */
  lines: LogLine[];
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends `body` as JSON. */
  send: (method: string, path: string, body: unknown) => Promise<Response>;
}

interface Options {
  database: Knex;
  routers: readonly ApiRouter[];
  config?: Partial<HttpServerConfig>;
  app?: Partial<HttpAppOptions>;
  logLevel?: string;
}

const info = {
  title: 'user-service',
  version: '1.0.0',
  description: 'Users',
  license: { name: 'MIT', identifier: 'MIT' },
};

/** Starts an app on a free port of loopback; the test stops its server. */
export async function startApp({
  database,
  routers,
  config,
  app: more,
  logLevel = 'info',
}: Options): Promise<StartedApp> {
  const lines: LogLine[] = [];
  const stream = new PassThrough();
  stream.on('data', (line: Buffer) => lines.push(JSON.parse(line.toString())));
  const logger = createLogger({ serviceName: 'user-service', logLevel }, stream);
  const whole: HttpServerConfig = {
    port: 0,
    host: '127.0.0.1',
    shutdownTimeout: 10_000,
    ...config,
    http: { shutdownGrace: 0, ...config?.http },
  };
  const root = import.meta.dirname + '/fixture';
  const app = createHttpApp({ config: whole, logger, info, routers, database, root, ...more });
  const server = httpServer(app, whole, logger);
  await server.start();
  const request = (path: string, init?: RequestInit) => fetch(server.url + path, init);
  const headers = { 'content-type': 'application/json' };
  const send = (method: string, path: string, body: unknown) =>
    request(path, { method, headers, body: JSON.stringify(body) });
  return { app, server, lines, request, send };
}
