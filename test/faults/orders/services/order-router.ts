import joi from 'joi';
import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import { apiRouter } from 'microservice-runtime/http';
import { orderCreated } from './order-events.ts';

const orderSchema = joi
  .object<{ id: string; total: number }>({
    id: joi.string().required(),
    total: joi.number().integer().min(1).required(),
  })
  .label('Order');

/** Places orders over HTTP: the order and the start of its saga are one transaction. */
export function orderRouter(database: Knex, bus: EventBus) {
  const router = apiRouter({ path: '/v1/orders', tag: 'Orders' });
  router.post(
    '/',
    { summary: 'Place an order', body: orderSchema, responses: { 201: orderSchema } },
    async (req, res) => {
      const { id, total } = req.body;
      await database.transaction(async (trx) => {
        await trx('orders').insert({ id, total });
        await bus.publish(orderCreated.of(id, { total }), trx);
      });
      res.status(201).json(req.body);
    },
  );
  return router;
}
