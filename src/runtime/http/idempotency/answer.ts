import type { Response } from 'express';

type HeaderValue = number | string | readonly string[];

/** An answer that is not sent yet. */
export interface CapturedAnswer {
  status: number;
  /** The headers that the handler has set. */
  headers: Record<string, HeaderValue>;
  body: Buffer;
}

/** Credentials, which a table should not hold. */
const notStored = 'set-cookie';

/**
 * Runs a handler, and resolves to its answer, which is not sent. The response is then as it was before. Rejects with the error of the
 * handler, and if it has not answered when it resolves, or has sent a part of its answer.
 */
export async function captureAnswer(res: Response, work: () => unknown): Promise<CapturedAnswer> {
  const before = res.getHeaders();
  let body: Buffer | undefined;
  const refuse = (): never => {
    throw new Error('a route with idempotency must send its answer at once, such as by res.json()');
  };
  const keep = (chunk?: unknown): Response => {
    if (body) throw new Error('the handler has already answered');
    body = toBuffer(chunk);
    return res;
  };
  const replaced = { end: keep, write: refuse, writeHead: refuse, flushHeaders: refuse };
  const originals = Object.keys(replaced).map((name) => [name, Reflect.get(res, name) as unknown]);
  Object.assign(res, replaced);
  try {
    await work();
    if (!body) throw new Error('the handler of a route with idempotency has resolved without an answer');
    return { status: res.statusCode, headers: setSince(before, res), body };
  } finally {
    Object.assign(res, Object.fromEntries(originals));
    reset(res, before);
  }
}

/** Sends an answer. */
export function sendAnswer(res: Response, { status, headers, body }: CapturedAnswer): void {
  res.status(status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body.length > 0 ? body : undefined);
}

/** Returns the headers of an answer that are stored. */
export function storedHeaders({ headers }: CapturedAnswer): CapturedAnswer['headers'] {
  const { [notStored]: _cookies, ...others } = headers;
  return others;
}

function toBuffer(chunk: unknown): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0);
}

type Headers = ReturnType<Response['getHeaders']>;

function setSince(before: Headers, res: Response): CapturedAnswer['headers'] {
  const own = Object.entries(res.getHeaders()).filter(([name, value]) => value !== before[name]);
  return Object.fromEntries(own.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function reset(res: Response, before: Headers): void {
  res.status(200);
  for (const name of res.getHeaderNames()) if (before[name] === undefined) res.removeHeader(name);
  for (const [name, value] of Object.entries(before))
    if (value !== undefined && value !== res.getHeader(name)) res.setHeader(name, value);
}
