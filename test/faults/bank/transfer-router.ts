import joi from 'joi';
import { apiRouter } from 'microservice-runtime/http';
import { poisonSchema } from './money.ts';
import type { Transfer } from './sending.ts';

const transferSchema = joi
  .object<Transfer>({
    transfer: joi.string().required(),
    account: joi.string().required(),
    recipient: joi.string().required(),
    amount: joi.number().integer().min(1).required(),
    poison: poisonSchema,
    memo: joi.string(),
  })
  .label('Transfer');

/** Transfers over HTTP. */
export function transferRouter(send: (transfer: Transfer) => Promise<void>) {
  const router = apiRouter({ path: '/v1/transfers', tag: 'Transfers', bodyLimit: '1mb' });
  router.post(
    '/',
    { summary: 'Send money', body: transferSchema, responses: { 201: transferSchema } },
    async (req, res) => {
      await send(req.body);
      res.status(201).json(req.body);
    },
  );
  return router;
}
