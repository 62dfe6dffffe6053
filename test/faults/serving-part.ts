import type { Part } from 'microservice-runtime';
import {
  createHttpApp,
  httpServer,
  type HttpAppOptions,
  type HttpServerConfig,
} from 'microservice-runtime/http';

export interface ServingOptions extends Pick<HttpAppOptions, 'logger' | 'database' | 'bus' | 'routers'> {
  config: HttpAppOptions['config'] & HttpServerConfig & { serviceName: string };
}

/** The HTTP server of a replica. It sends its address to the parent process. */
export function servingPart({ config, logger, ...options }: ServingOptions): Part {
  const info = {
    title: config.serviceName,
    version: '1.0.0',
    description: 'A service under faults',
    license: { name: 'MIT', identifier: 'MIT' },
  };
  const server = httpServer(createHttpApp({ config, logger, info, ...options }), config, logger);
  return {
    name: 'http server',
    async start() {
      await server.start();
      process.send?.({ url: server.url });
    },
    stop: () => server.stop(),
  };
}
