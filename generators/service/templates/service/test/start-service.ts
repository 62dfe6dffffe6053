import { createLogger, startParts, stopParts } from 'microservice-runtime';
import { createTestEnvironment } from 'microservice-devkit/testing';
import { createService } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

export type TestService = Awaited<ReturnType<typeof startService>>;

/** Starts this service with its own port, database and broker. */
export async function startService() {
  const test = await createTestEnvironment();
  const config = readConfig(test.environment);
  const { server, parts } = createService(config, createLogger(config));
  await startParts(parts);
  return {
    /** Publishes an event as another service would. */
    publish: test.publish,
    /** Resolves to every event in a topic. */
    published: test.published,
    request: <Body = unknown>(
      method: string,
      path: string,
      body?: unknown,
      headers?: Record<string, string>,
    ) => request<Body>(server.url + path, { method, body, headers }),
    stop: async () => {
      await stopParts(parts);
      await test.close();
    },
  };
}

interface Sent {
  method: string;
  body?: unknown;
  headers?: Record<string, string>;
}

async function request<Body>(url: string, { method, body, headers }: Sent) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : undefined) as Body,
  };
}
