import { apiRouter, ifMatch } from 'microservice-runtime/http';
import {
  newPaymentSchema,
  paymentChangesSchema,
  paymentIdSchema,
  paymentPageSchema,
  paymentQuerySchema,
  paymentSchema,
} from '../schemas/payment-schema.ts';
import type { PaymentService } from '../services/payment-service.ts';

/** `/v1/payments`. The schemas of a route validate requests, and document the route at `/docs`. */
export function createPaymentRouter(payments: PaymentService) {
  const router = apiRouter({ path: '/v1/payments', tag: 'payments' });

  router.get(
    '/',
    { summary: 'List payments', query: paymentQuerySchema, responses: { 200: paymentPageSchema } },
    async (req, res) => {
      res.json(await payments.list(req.query));
    },
  );

  router.get(
    '/:id',
    {
      summary: 'Get a payment',
      params: paymentIdSchema,
      responses: { 200: paymentSchema },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      res.json(await payments.get(req.params.id));
    },
  );

  router.post(
    '/',
    {
      summary: 'Create a payment',
      body: newPaymentSchema,
      responses: { 201: paymentSchema },
      errors: [409],
      etag: true,
    },
    async (req, res) => {
      const payment = await payments.create(req.body);
      res.status(201).location(`/v1/payments/${payment.id}`).json(payment);
    },
  );

  router.patch(
    '/:id',
    {
      summary: 'Change a payment',
      params: paymentIdSchema,
      body: paymentChangesSchema,
      responses: { 200: paymentSchema },
      errors: [404, 409],
      etag: true,
    },
    async (req, res) => {
      res.json(await payments.update(req.params.id, req.body, ifMatch(req)));
    },
  );

  router.delete(
    '/:id',
    {
      summary: 'Delete a payment',
      params: paymentIdSchema,
      responses: { 204: null },
      errors: [404],
      etag: true,
    },
    async (req, res) => {
      await payments.remove(req.params.id, ifMatch(req));
      res.status(204).end();
    },
  );

  return router;
}
