import express, { type Request, type Response, type Router } from 'express';
import type { Registry } from 'prom-client';
import { markRoute } from '../requests/exchange.ts';
import type { Health } from './health.ts';
import { otherMethods } from '../requests/other-methods.ts';

interface Options {
  health: Health;
  registries: readonly Registry[];
  /** Reports whether a client may see the details of health. */
  mayKnow: (req: Request) => boolean;
}

/** The endpoints for operators: `/health/live`, `/health/ready` and `/metrics`. */
export function managementRouter({ health, registries, mayKnow }: Options): Router {
  const router = express.Router();
  router.get('/health/live', (req, res) => {
    markRoute(res, '/health/live');
    answer(res, health.live(mayKnow(req)));
  });
  router.get('/health/ready', async (req, res) => {
    markRoute(res, '/health/ready');
    answer(res, await health.ready(mayKnow(req)));
  });
  router.get('/metrics', async (_req, res) => {
    markRoute(res, '/metrics');
    const texts = await Promise.all(registries.map((registry) => registry.metrics()));
    res.type('text/plain; version=0.0.4; charset=utf-8').send(texts.join('\n'));
  });
  for (const path of ['/health/live', '/health/ready', '/metrics']) router.all(path, otherMethods(['get']));
  return router;
}

function answer(res: Response, { ok, body }: { ok: boolean; body: object }): void {
  res
    .status(ok ? 200 : 503)
    .set('cache-control', 'no-store')
    .json(body);
}
