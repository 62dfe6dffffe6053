import { pageQuerySchema } from 'microservice-runtime';
import { apiRouter, ifMatch } from 'microservice-runtime/http';
import {
  newOrderSchema,
  orderChangesSchema,
  orderIdSchema,
  orderPageSchema,
  orderSchema,
} from '../schemas/order-schema.ts';
import type { OrderService } from '../services/order-service.ts';

/** `/v1/orders`. The schemas of a route validate requests, and document the route at `/docs`. */
export function createOrderRouter(orders: OrderService) {
  const router = apiRouter({ path: '/v1/orders', tag: 'orders' });

  router.get(
    '/',
    { summary: 'List orders', query: pageQuerySchema, responses: { 200: orderPageSchema } },
    async (req, res) => {
      res.json(await orders.list(req.query));
    },
  );

  router.get(
    '/:id',
    {
      summary: 'Get an order',
      params: orderIdSchema,
      responses: { 200: orderSchema },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      res.json(await orders.get(req.params.id));
    },
  );

  router.post(
    '/',
    {
      summary: 'Create an order',
      body: newOrderSchema,
      responses: { 201: orderSchema },
      errors: [409],
      etag: true,
    },
    async (req, res) => {
      const order = await orders.create(req.body);
      res.status(201).location(`/v1/orders/${order.id}`).json(order);
    },
  );

  router.patch(
    '/:id',
    {
      summary: 'Change an order',
      params: orderIdSchema,
      body: orderChangesSchema,
      responses: { 200: orderSchema },
      errors: [404, 409],
      etag: true,
    },
    async (req, res) => {
      res.json(await orders.update(req.params.id, req.body, ifMatch(req)));
    },
  );

  router.delete(
    '/:id',
    {
      summary: 'Delete an order',
      params: orderIdSchema,
      responses: { 204: null },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      await orders.remove(req.params.id, ifMatch(req));
      res.status(204).end();
    },
  );

  return router;
}
