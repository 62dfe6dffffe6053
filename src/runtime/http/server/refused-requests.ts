import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { authoritiesOf, hostOf, hostProblem } from './authority.ts';
import { problem, type Problem } from '../problems/problem.ts';
import type { ServerState } from './server-state.ts';

/** How long a refused client can read the reason before its connection is cut, in ms (RFC 9112, section 9.6). */
const LINGER = 1_000;

const details: Record<string, [status: number, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'The request did not arrive completely within the time limit of this service.',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are larger than this service accepts.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than this service accepts.'],
};

/** Maps an error of Node's parser to a problem; https://nodejs.org/api/http.html#event-clienterror */
function parserProblem({ code = '', reason }: ParserError): Problem {
  const [status, detail] = details[code] ?? [400, `The request is not valid HTTP: ${reason ?? code}`];
  return problem(status, detail);
}

interface ParserError extends Error {
  code?: string;
  /** The parser's message. */
  reason?: string;
}

/**
 * Sends a problem if Node's parser refuses a request, after the answers to the complete requests before it, and closes the
 * connection. Otherwise, Node would send a bare status, even before a pending answer.
 */
export function refuseMalformed(server: Server, state: Pick<ServerState, 'owedOn'>, logger?: Logger): void {
  const refused = new WeakSet<Socket>();
  server.on('clientError', (error: ParserError, socket: Socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const owed = state.owedOn(socket);
    const begun = owed.find((res) => !res.req.complete && res.headersSent);
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (begun?.writableEnded) socket.destroySoon();
    else if (begun) socket.destroy();
    else answer(error, socket, owed);
  });

  function answer(error: ParserError, socket: Socket, owed: readonly ServerResponse[]): void {
    const body = parserProblem(error);
    logger?.info({ status: body.status, code: error.code }, 'request refused by the parser');
    const last = owed.findLast((res) => res.req.complete);
    if (last) last.once('close', () => end(socket, body));
    else end(socket, body);
  }
}

function end(socket: Socket, body: Problem): void {
  if (!socket.writable) return;
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
    'connection: close',
    `date: ${new Date().toUTCString()}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
  const cut = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(cut));
}

/** The pattern by which Node's HTTP server reads `Expect`. */
const isContinue = /(?:^|\W)100-continue(?:$|\W)/i;

/**
 * Returns the problem of a request that is for another host (RFC 9110, section 7.4) or that HTTP/1.1 forbids, which Node
 * would answer without a body; undefined if there is none. The connection is closed after it, since a body may follow.
 */
export function forbidden(request: IncomingMessage, isOurs: (host: string) => boolean): Problem | undefined {
  const { httpVersion, headers } = request;
  const wrong = hostProblem(request);
  if (wrong) return wrong;
  const [authority] = authoritiesOf(request);
  if (authority !== undefined && !isOurs(hostOf(authority) ?? '')) return misdirected(authority);
  if (httpVersion !== '1.1') return undefined;
  if (headers.host === undefined)
    return problem(400, 'An HTTP/1.1 request needs a Host header (RFC 9112, section 3.2).');
  if (headers.expect === undefined || isContinue.test(headers.expect)) return undefined;
  return problem(
    417,
    `This service does not support the expectation ${headers.expect}. Send 100-continue, or no Expect header.`,
  );
}

/**
 * An attacker's page can point its own domain at this service (DNS rebinding), and the browser would let it read the answers.
 */
const misdirected = (host: string): Problem =>
  problem(
    421,
    `This service runs in development and accepts only host names of its machine, not ${JSON.stringify(host.slice(0, 255))}. ` +
      'To allow another name, add it to HTTP_ALLOWED_HOSTS.',
  );
