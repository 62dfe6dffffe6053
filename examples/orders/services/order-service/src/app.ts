import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { contracts } from './events/contracts.ts';
import { createOrderPublisher } from './events/order-publisher.ts';
import { createOrderRepository } from './repositories/order-repository.ts';
import { createOrderRouter } from './routers/order-router.ts';
import { createOrderService } from './services/order-service.ts';
import { placeOrderEndings, placeOrderSaga } from './sagas/place-order-saga.ts';

const info = { title: 'order-service', version: '1.0.0', description: 'The order service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const bus = createEventBus({ config, database, contracts, logger });
  const routers: ApiRouter[] = [];

  const orders = createOrderService({
    database,
    orders: createOrderRepository(database),
    publish: createOrderPublisher(bus),
  });
  routers.push(createOrderRouter(orders));

  bus.addSaga(placeOrderSaga, placeOrderEndings(orders));

  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, database, bus, server, parts: [databasePart(database), bus, server] };
}
