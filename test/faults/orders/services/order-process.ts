import joi from 'joi';
import type { Knex } from 'knex';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  readEnvironment,
  run,
} from 'microservice-runtime';
import { servingPart } from '../../serving-part.ts';
import { failedAttempts } from './behavior.ts';
import { failFirst } from './failures.ts';
import { orderRouter } from './order-router.ts';
import { orderContracts, placeOrder } from './place-order.ts';
import { impatient } from './impatient.ts';

/** A replica of the order service. It sends its address to its parent, and ends with its parent. */
process.on('disconnect', () => process.exit(1));
await run(() => {
  const config = readEnvironment(process.env, { ORDERS_SEED: joi.number().required() });
  const logger = createLogger(config);
  const database = connectDatabase(config);
  const bus = createEventBus({
    config,
    database,
    contracts: orderContracts,
    logger,
    consumer: impatient,
  });

  /** Ends the semantic lock of the order. */
  const end = (status: 'CONFIRMED' | 'CANCELLED') => async (saga: { id: string }, trx: Knex.Transaction) => {
    const { id } = saga;
    await failFirst(database, `the end of ${id}`, failedAttempts(config.ordersSeed, 'end', id));
    const [order] = await trx('orders')
      .where({ id, status: 'PENDING' })
      .update({ status })
      .returning<{ total: number }[]>('total');
    await trx('ledger').insert({ order_id: id, entry: status, total: order?.total ?? 0 });
  };
  bus.addSaga(placeOrder, { completed: end('CONFIRMED'), compensated: end('CANCELLED') });
  const routers = [orderRouter(database, bus)];
  const http = servingPart({ config, logger, database, bus, routers });
  return { parts: [databasePart(database), bus, http], logger, config };
});
