import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { contracts } from './events/contracts.ts';
import { createUserPublisher } from './events/user-publisher.ts';
import { createUserRepository } from './repositories/user-repository.ts';
import { createUserRouter } from './routers/user-router.ts';
import { createUserService } from './services/user-service.ts';

const info = { title: 'user-service', version: '1.0.0', description: 'The user service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const bus = createEventBus({ config, database, contracts, logger });
  const routers: ApiRouter[] = [];

  const users = createUserService({
    database,
    users: createUserRepository(database),
    publish: createUserPublisher(bus),
  });
  routers.push(createUserRouter(users));

  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, database, bus, server, parts: [databasePart(database), bus, server] };
}
