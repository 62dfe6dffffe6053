import { randomUUID } from 'node:crypto';
import joi from 'joi';
import type { Knex } from 'knex';
import { apiRouter } from 'microservice-runtime/http';
import { createOutbox } from '../../../../src/runtime/events/outbox/publish.ts';
import { orderPlaced } from '../../events/outbox-fixture.ts';

/** Runs in the transaction of a handler, after its change. The handler sends a status or a text to which it resolves. */
export type During = (trx: Knex.Transaction | undefined) => unknown;

/** The order of a request: `pin` is a secret, which no answer has. */
interface NewOrder {
  total: number;
  pin?: string;
  note?: string;
}

const newOrderSchema = joi.object<NewOrder>({
  total: joi.number().required(),
  pin: joi.string(),
  note: joi.string().default('none'),
});
const orderSchema = joi.object({ id: joi.string(), total: joi.number(), note: joi.string() }).label('Order');
const answers = { responses: { 201: orderSchema }, errors: [409] };

/** A router that saves an order and its event in one transaction. */
export function createOrderRouter(database: Knex, during: During = () => undefined) {
  const { publish } = createOutbox({
    database,
    contracts: { published: [orderPlaced] },
    serviceName: 'orders',
  });
  const create = ({ total }: NewOrder, outer: Knex) =>
    outer.transaction(async (trx) => {
      const id = randomUUID();
      await trx('orders').insert({ id, total });
      await publish(orderPlaced.of(id, { id, total }), trx);
      return id;
    });

  const router = apiRouter({ path: '/v1/orders', tag: 'Orders' });
  const route = { body: newOrderSchema, etag: true, ...answers };
  router.post(
    '/',
    { summary: 'Create an order', idempotency: 'optional', ...route },
    async (req, res, trx) => {
      const id = await create(req.body, trx ?? database);
      const sent = await during(trx);
      if (typeof sent === 'number') {
        res.status(sent).json({});
        return;
      }
      if (typeof sent === 'string') {
        res.status(201).send(sent);
        return;
      }
      if (req.body.note === 'cookie') res.setHeader('set-cookie', 'session=4711');
      const { pin: _pin, ...order } = { id, ...req.body };
      res.status(201).location(`/v1/orders/${id}`).json(order);
    },
  );
  router.post(
    '/keyed',
    { summary: 'Key an order', idempotency: 'required', ...route },
    async (req, res, trx) => {
      const id = await create(req.body, trx ?? database);
      res.status(201).json({ id, total: req.body.total });
    },
  );
  return router;
}
