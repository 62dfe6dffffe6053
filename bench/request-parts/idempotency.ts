import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { startPostgres } from '../../src/devkit/postgres/postgres.ts';
import { connectDatabase } from '../../src/runtime/database/database.ts';
import { IDEMPOTENCY, idempotentHandler } from '../../src/runtime/http/idempotency/idempotent-handler.ts';
import { up } from '../../src/runtime/tables/idempotency-keys.ts';
import type { Part } from './part.ts';

/** The handler of a route with idempotency, whose own handler answers at once, with a PostgreSQL of its own on this machine. */
export async function idempotencyPart(): Promise<Part> {
  const server = await startPostgres();
  const database = connectDatabase({ serviceName: 'bench', databaseUrl: server.url(), databasePoolMax: 2 });
  await up(database);
  const app = express().set(IDEMPOTENCY, { database, secret: 'bench' });
  const route = 'POST /v1/orders';
  const handle = idempotentHandler({
    idempotency: 'optional',
    route,
    handler: (_req, res) => void res.status(201).end('{"id":1}'),
  });
  const failed: NextFunction = (error) => assert.ifError(error);
  async function post(key?: string): Promise<Response> {
    const message = Object.setPrototypeOf(new IncomingMessage(new Socket()), app.request) as Request;
    const body = { total: 5, note: 'as soon as possible' };
    const req = Object.assign(message, { method: 'POST', originalUrl: '/v1/orders', body });
    if (key !== undefined) req.headers['idempotency-key'] = key;
    const res = Object.setPrototypeOf(new ServerResponse(req), app.response) as Response;
    await handle(req, res, failed);
    assert.equal(res.statusCode, 201);
    return res;
  }
  await post('replayed');
  return {
    calls: {
      'idempotency, a request without a key': () => post(),
      'idempotency, the first request with a key': () => post(randomUUID()),
      'idempotency, a replay': () => post('replayed'),
    },
    async stop() {
      await database.destroy();
      await server.stop();
    },
  };
}
