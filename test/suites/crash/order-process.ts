import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  run,
  type EventBus,
  type Part,
} from 'microservice-runtime';
import { changeOrder, orderChangedIn, type OrderChanged } from '../bus/orders.ts';
import { endWithParent, processConfig } from './process-config.ts';

/**
 * A replica of the service that changes orders, all of them all the time, until it is stopped or killed. With
 * ORDERS_WRITERS=0 it changes none, and sends what the others have left.
 */
const writers = Number(process.env.ORDERS_WRITERS ?? 4);
const pauseBetweenChanges = 10;
const orderIds = Array.from({ length: 50 }, (_, index) => `order-${index}`);

endWithParent();
await run(() => {
  const { config, topic } = processConfig();
  const orderChanged = orderChangedIn(topic);
  const database = connectDatabase(config);
  const contracts = { published: [orderChanged], consumed: [] };
  const bus = createEventBus({ config, database, contracts, logger: createLogger(config) });
  return [bus, loadPart(database, bus, orderChanged)];
});

function loadPart(database: Knex, bus: EventBus, orderChanged: OrderChanged): Part {
  const stopping = new AbortController();
  let writing: Promise<unknown> = Promise.resolve();
  async function write(): Promise<void> {
    while (!stopping.signal.aborted) {
      const id = orderIds[Math.floor(Math.random() * orderIds.length)] ?? '';
      await changeOrder(database, bus, orderChanged, id);
      await pause(pauseBetweenChanges);
    }
  }
  return {
    name: 'load',
    async start() {
      writing = Promise.all(Array.from({ length: writers }, write));
    },
    async stop() {
      stopping.abort();
      await writing;
    },
  };
}
