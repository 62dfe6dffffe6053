import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { contracts } from './events/contracts.ts';
import { registerUserCopyConsumers } from './events/user-copy-consumers.ts';
import { createUserCopyRepository } from './repositories/user-copy-repository.ts';
import { createUserCopyRouter } from './routers/user-copy-router.ts';
import { createUserCopyService } from './services/user-copy-service.ts';

const info = { title: 'notification-service', version: '1.0.0', description: 'The notification service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const bus = createEventBus({ config, database, contracts, logger });
  const routers: ApiRouter[] = [];

  const userCopies = createUserCopyService(createUserCopyRepository(database));
  registerUserCopyConsumers(bus, userCopies);
  routers.push(createUserCopyRouter(userCopies));

  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, database, bus, server, parts: [databasePart(database), bus, server] };
}
