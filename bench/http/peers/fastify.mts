import { randomUUID } from 'node:crypto';
import etag from '@fastify/etag';
import helmet from '@fastify/helmet';
import fastify, { LogController } from 'fastify';
import { pino } from 'pino';
import { connect, createUsers, type NewUser } from '../users.ts';
import { output } from './logging.mts';
import { createMetrics } from './metrics.mts';

const user = {
  type: 'object',
  required: ['id', 'email', 'displayName', 'age', 'createdAt'],
  properties: {
    id: { type: 'string' },
    email: { type: 'string' },
    displayName: { type: 'string' },
    age: { type: ['integer', 'null'] },
    createdAt: { type: 'string' },
  },
};
const newUser = {
  type: 'object',
  required: ['email', 'displayName'],
  additionalProperties: false,
  properties: {
    email: { type: 'string', format: 'email', maxLength: 255 },
    displayName: { type: 'string', minLength: 1, maxLength: 255 },
    age: { type: ['integer', 'null'], minimum: 0, default: null },
  },
};
const userPage = {
  type: 'object',
  required: ['items', 'next'],
  properties: { items: { type: 'array', items: user }, next: { type: ['string', 'null'] } },
};
const userId = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', format: 'uuid' } },
};
const pageQuery = {
  type: 'object',
  properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
};

/** Fastify 5 with ajv and its serializer, pino, prom-client, @fastify/helmet, @fastify/etag and a request id. */
export async function start(databaseUrl: string): Promise<string> {
  const users = createUsers(connect(databaseUrl));
  const metrics = createMetrics();
  const app = fastify({
    loggerInstance: pino({ base: { service: 'user-service' } }, output()),
    // one line for each request, written below, instead of two
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
  });
  await app.register(helmet);
  await app.register(etag);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async ({ method, url, routeOptions, log }, { statusCode, elapsedTime }) => {
    const route = routeOptions.url ?? '';
    metrics.observe(method, route, statusCode, elapsedTime / 1000);
    log.info({ method, path: url, route, status: statusCode, duration_ms: elapsedTime }, 'request');
  });

  app.get<{ Querystring: { limit: number } }>(
    '/v1/users',
    { schema: { querystring: pageQuery, response: { 200: userPage } } },
    (request) => users.list(request.query.limit),
  );
  app.get<{ Params: { id: string } }>(
    '/v1/users/:id',
    { schema: { params: userId, response: { 200: user } } },
    async (request, reply) =>
      (await users.find(request.params.id)) ?? reply.code(404).send({ error: 'not found' }),
  );
  app.post<{ Body: NewUser }>(
    '/v1/users',
    { schema: { body: newUser, response: { 201: user } } },
    async (request, reply) => {
      const made = await users.insert(request.body);
      return reply.code(201).header('location', `/v1/users/${made.id}`).send(made);
    },
  );
  app.get('/metrics', () => metrics.registry.metrics());

  return app.listen({ port: 0, host: '127.0.0.1' });
}
