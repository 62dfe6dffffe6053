import { connectDatabase, createLogger } from 'microservice-runtime';
import { createHttpApp, httpServer } from 'microservice-runtime/http';
import { createOrderRouter } from './order-router.ts';

// A replica for races.ci.ts: serves /v1/orders on the database of its environment, sends its address to its parent, and takes a failpoint from it.
const databaseUrl = process.env['ORDERS_DATABASE_URL'] ?? '';
const database = connectDatabase({ databaseUrl, databasePoolMax: 3, serviceName: 'orders' });
const logger = createLogger({ serviceName: 'orders', logLevel: 'warn' });
const info = { title: 'orders', version: '1.0.0' };
const config = { serviceName: 'orders', port: 0, host: '127.0.0.1', shutdownTimeout: 5_000 };
const app = createHttpApp({ config, logger, info, routers: [createOrderRouter(database)], database });
const server = httpServer(app, config, logger);
await server.start();
process.on('message', ({ failpoint }: { failpoint: string }) => {
  process.env['MICROSERVICE_FAILPOINT'] = failpoint;
  process.send?.({ failpoint });
});
process.on('disconnect', () => process.exit()); // the test has ended
process.send?.({ url: server.url });
