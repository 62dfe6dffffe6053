import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that has arrived at a fake API. */
export interface FakeRequest {
  method: string;
  path: string;
  /** The segments that the route names: `{ id: '42' }` for `/taxes/:id`. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** The parsed JSON, or the text of another type; undefined without a body. */
  body: unknown;
}

/** `silence`: never answers. `reset`: breaks the connection. */
export type FakeReply =
  { status: number; body?: unknown; headers?: Record<string, string> } | 'silence' | 'reset';

type Reply = FakeReply | ((request: FakeRequest) => FakeReply | Promise<FakeReply>);

/** An HTTP server of a test that stands for the API of another company. */
export interface FakeApi {
  /** Its address, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Every request that has arrived, in order. */
  readonly requests: readonly FakeRequest[];
  /** Sets the reply of a route, such as `GET /taxes/:id`, from now on. */
  answer: (route: string, reply: Reply) => void;
  /** Closes the server and all connections. Safe to repeat. */
  stop: () => Promise<void>;
}

/**
 * Starts a fake API on a free port of loopback. `routes` are replies by method and path, such as `GET /taxes/:id`; the first one that
 * matches counts. A body is sent as JSON. A request without a route gets a 501 that names it.
 */
export async function startFakeApi(routes: Readonly<Record<string, Reply>> = {}): Promise<FakeApi> {
  const replies = new Map(Object.entries(routes));
  const requests: FakeRequest[] = [];

  async function reply(req: IncomingMessage): Promise<FakeReply> {
    const { method = 'GET', headers } = req;
    const { pathname: path, searchParams: query } = new URL(req.url ?? '/', 'http://fake');
    const body = await bodyOf(req);
    for (const [route, chosen] of replies) {
      const params = paramsOf(route, method, path);
      if (!params) continue;
      const request = { method, path, params, query, headers, body };
      requests.push(request);
      return typeof chosen === 'function' ? chosen(request) : chosen;
    }
    return { status: 501, body: { detail: `The fake API has no route for ${method} ${path}.` } };
  }

  const server = createServer((req, res) => {
    reply(req).then(
      (answer) => send(res, answer),
      (error: unknown) => send(res, { status: 500, body: { detail: String(error) } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (route, chosen) => void replies.set(route, chosen),
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Returns undefined if the route does not match. */
function paramsOf(route: string, method: string, path: string): Record<string, string> | undefined {
  const [wanted, pattern = ''] = route.split(' ');
  const [expected, actual] = [pattern.split('/'), path.split('/')];
  if (wanted !== method || expected.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = actual[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return undefined;
  return /[/+]json\b/.test(req.headers['content-type'] ?? '') ? JSON.parse(text) : text;
}

function send(res: ServerResponse, reply: FakeReply): void {
  if (reply === 'silence') return;
  if (reply === 'reset') return void res.socket?.resetAndDestroy();
  const { status, body, headers } = reply;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  res.writeHead(status, { ...json, ...headers }).end(body === undefined ? undefined : JSON.stringify(body));
}
