import { createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { createDatabase } from './database.ts';
import { contracts } from './events/contracts.ts';
import { createUserPublisher } from './events/publishers.ts';
import { createUserRepository } from './repositories/user-repository.ts';
import { createUserRouter } from './routers/user-router.ts';
import { createUserService } from './services/user-service.ts';

const info = { title: 'user-service', version: '1.0.0', description: 'The user service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = createDatabase(config, logger);
  const bus = createEventBus({ config, database, contracts, logger });

  const users = createUserService({
    database,
    users: createUserRepository(database),
    publish: createUserPublisher(bus),
  });

  const routers: ApiRouter[] = [createUserRouter(users)];
  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, server, parts: [databasePart(database), bus, server] };
}
