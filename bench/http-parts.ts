// node --import tsx bench/http-parts.ts: the CPU time of each part of a GET alone, in a loop.
import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import joi from 'joi';
import { runInContext } from '../src/runtime/context/context.ts';
import { newTraceparent } from '../src/runtime/context/traceparent.ts';
import { camelCaseRows, wrapSnakeCase } from '../src/runtime/database/rows/row-format.ts';
import { entityTag } from '../src/runtime/http/requests/entity-tags.ts';
import { inputCheck } from '../src/runtime/http/requests/input.ts';
import { createRequestMetrics } from '../src/runtime/http/requests/metrics.ts';
import { securityHeaders } from '../src/runtime/http/requests/security-headers.ts';
import { forbidden } from '../src/runtime/http/server/refused-requests.ts';
import { accessLog } from '../src/runtime/logging/access-log.ts';
import { createLogger } from '../src/runtime/logging/logger.ts';
import { uuidString } from '../src/runtime/schemas/fields.ts';
import { toPage } from '../src/runtime/schemas/page.ts';
import { median } from './figures.ts';

const CALLS = 5_000;
const ROUNDS = 15;

const id = randomUUID();
const path = `/v1/users/${id}`;
const request = new IncomingMessage(new Socket());
Object.assign(request, {
  method: 'GET',
  url: path,
  httpVersion: '1.1',
  httpVersionMajor: 1,
  httpVersionMinor: 1,
});
request.headers.host = '127.0.0.1:8001';
const context = { requestId: id, correlationId: id, traceparent: newTraceparent() };
const check = inputCheck({ params: joi.object({ id: uuidString().required() }) });
const log = accessLog(
  createLogger({ serviceName: 'user-service', logLevel: 'info' }, { write: () => undefined }),
);
const metrics = createRequestMetrics();
const setHeaders = securityHeaders();
const user = {
  id,
  email: 'ada@example.org',
  display_name: 'Ada',
  age: 36,
  created_at: '2026-01-31T12:00:00.123Z',
};
const users = Array.from({ length: 100 }, () => ({ ...user }));
const names = ['users', 'id', 'email', 'displayName', 'age', 'createdAt', 'users', 'id'];

const parts: Record<string, () => unknown> = {
  'schema of the parameters': () => check?.({ params: { id }, query: {}, body: undefined }),
  'log line': () =>
    log({
      ...{ level: 'info', context, method: 'GET', path, route: '/v1/users/:id', status: 200, duration: 3.2 },
      isAborted: false,
    }),
  metrics: () => metrics.observe('GET', '/v1/users/:id', 200, 0.003),
  'ids and context': () =>
    runInContext({ requestId: randomUUID(), correlationId: '', traceparent: newTraceparent() }, () => 1),
  'security headers, with the answer that has them': () => setHeaders(new ServerResponse(request)),
  'check of the host': () => forbidden(request, () => true),
  'entity tag, with its JSON': () => entityTag(user),
  'names in the SQL': () => names.map((name) => wrapSnakeCase(name, (wrapped) => wrapped)),
  'names in the row': () => camelCaseRows([user]),
  'page of 100 rows': () => toPage(users, 100, (row) => row.created_at),
};

function microseconds(part: () => unknown): number {
  const begun = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) part();
  const { user: used, system } = process.cpuUsage(begun);
  return (used + system) / CALLS;
}

const times = new Map(Object.keys(parts).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, part] of Object.entries(parts)) times.get(name)?.push(microseconds(part));
console.log(`CPU microseconds, median of ${ROUNDS} rounds of ${CALLS} calls, Node ${process.version}`);
for (const [name, all] of times) console.log(`${name.padEnd(50)} ${median(all).toFixed(2)}`);
