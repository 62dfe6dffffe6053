import { connectDatabase, createEventBus, createLogger, databasePart } from 'microservice-runtime';
import { createHttpApp, httpServer, type ApiRouter } from 'microservice-runtime/http';
import type { Config } from './config.ts';
import { contracts } from './events/contracts.ts';
import { registerPaymentParticipant } from './events/payment-participant.ts';
import { createPaymentPublisher } from './events/payment-publisher.ts';
import { createPaymentRepository } from './repositories/payment-repository.ts';
import { createPaymentRouter } from './routers/payment-router.ts';
import { createPaymentService } from './services/payment-service.ts';

const info = { title: 'payment-service', version: '1.0.0', description: 'The payment service' };

/** Creates and wires all parts of this service. Nothing runs until the parts are started. */
export function createService(config: Config, logger = createLogger(config)) {
  const database = connectDatabase(config, logger, { camelCase: true, isoTimestamps: true });
  const bus = createEventBus({ config, database, contracts, logger });
  const routers: ApiRouter[] = [];

  const payments = createPaymentService({
    database,
    payments: createPaymentRepository(database),
    publish: createPaymentPublisher(bus),
  });
  routers.push(createPaymentRouter(payments));

  registerPaymentParticipant(bus, payments);

  const app = createHttpApp({ config, logger, info, routers, database, bus });
  const server = httpServer(app, config, logger);
  return { config, logger, database, bus, server, parts: [databasePart(database), bus, server] };
}
