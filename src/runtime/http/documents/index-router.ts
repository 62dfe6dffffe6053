import express, { type Router } from 'express';
import { markRoute } from '../requests/exchange.ts';
import { otherMethods } from '../requests/other-methods.ts';
import type { ApiInfo } from './openapi.ts';

interface Options {
  info: ApiInfo;
  /** The paths of the service's routers. */
  paths: readonly string[];
  /** Whether this port answers health and metrics too. */
  hasManagement: boolean;
}

/** Serves `/`: the name of the service, and the paths to start from. It belongs to no API, so the OpenAPI document omits it. */
export function indexRouter({ info, paths, hasManagement }: Options): Router {
  const router = express.Router();
  const { title: service, version, description } = info;
  const management = hasManagement && { health: '/health/ready', metrics: '/metrics' };
  const body = {
    service,
    version,
    description,
    docs: '/docs',
    openapi: '/openapi.json',
    ...management,
    paths,
  };
  router.get('/', (_req, res) => {
    markRoute(res, '/');
    res.json(body);
  });
  router.all('/', otherMethods(['get']));
  return router;
}
