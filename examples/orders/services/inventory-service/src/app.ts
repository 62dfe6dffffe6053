import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { contracts } from './events/contracts.ts';
import { registerInventoryParticipant } from './events/inventory-participant.ts';
import { createItemPublisher } from './events/item-publisher.ts';
import { createItemRepository } from './repositories/item-repository.ts';
import { createItemRouter } from './routers/item-router.ts';
import { createItemService } from './services/item-service.ts';

const info = { title: 'inventory-service', version: '1.0.0', description: 'The inventory service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const bus = createEventBus({ config, database, contracts, logger });
  const routers: ApiRouter[] = [];

  const items = createItemService({
    database,
    items: createItemRepository(database),
    publish: createItemPublisher(bus),
  });
  routers.push(createItemRouter(items));

  registerInventoryParticipant(bus, items);

  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, database, bus, server, parts: [databasePart(database), bus, server] };
}
