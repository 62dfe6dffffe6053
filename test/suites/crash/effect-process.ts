import { connectDatabase, createEventBus, createLogger, run } from 'microservice-runtime';
import { noteEffect, orderChangedIn } from '../bus/orders.ts';
import { endWithParent, processConfig } from './process-config.ts';

/** A replica of the service that notes every change of an order. */
endWithParent();
await run(() => {
  const { config, topic } = processConfig();
  const orderChanged = orderChangedIn(topic);
  const database = connectDatabase(config);
  const contracts = { published: [], consumed: [orderChanged] };
  const bus = createEventBus({ config, database, contracts, logger: createLogger(config) });
  bus.on(orderChanged, noteEffect);
  return [bus];
});
