import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import helmet from 'helmet';

type SetHeaders = (res: ServerResponse) => void;
/** Node's headers of an answer by their names in lower case: each name as written, and its value. */
type HeaderTable = Record<string, [name: string, value: string]>;

/**
 * Returns a function that sets helmet's headers, which are computed once: they are the same for every answer, and a dozen
 * handlers per request are not free. Handlers may change and remove them. Excludes `upgrade-insecure-requests`, which would
 * break /docs for a user who bypasses the proxy that terminates TLS.
 */
export function securityHeaders(): SetHeaders {
  const response = newResponse();
  const contentSecurityPolicy = { directives: { upgradeInsecureRequests: null } };
  helmet({ contentSecurityPolicy })(response.req, response, () => undefined);
  const headers = Object.entries(response.getHeaders()).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return settingAtOnce(headers) ?? settingEach(headers);
}

const newResponse = () => new ServerResponse(new IncomingMessage(new Socket()));

type Headers = readonly (readonly [name: string, value: string])[];

const settingEach =
  (headers: Headers): SetHeaders =>
  (res) => {
    for (const [name, value] of headers) res.setHeader(name, value);
  };

/**
 * `setHeader` checks the name and the value at each call, which makes a dozen headers cost more than the check of a request
 * against its schema. This sets them in the table of an answer without headers. Node keeps that table under a symbol which is
 * not public, so the result is undefined if the table does not work as in Node 20 to 24.
 */
export function settingAtOnce(headers: Headers, response = newResponse()): SetHeaders | undefined {
  const key = Object.getOwnPropertySymbols(response).find(({ description }) => description === 'kOutHeaders');
  if (key === undefined) return undefined;
  const each = settingEach(headers);
  const atOnce = (res: ServerResponse): void => {
    const tables = res as unknown as Record<symbol, HeaderTable | null>;
    if (tables[key] !== null) return each(res);
    const table: HeaderTable = Object.create(null);
    for (const [name, value] of headers) table[name] = [name, value];
    tables[key] = table;
  };
  return isEqual(atOnce, each) ? atOnce : undefined;
}

/** Compares the texts that two functions make Node write. */
function isEqual(some: SetHeaders, other: SetHeaders): boolean {
  const [one, two] = [some, other].map((set) => {
    const response = newResponse();
    response.sendDate = false;
    set(response);
    response.setHeader('content-type', 'text/plain');
    const headers = response.getHeaders();
    response.writeHead(200);
    return [headers, Reflect.get(response, '_header')];
  });
  return isDeepStrictEqual(one, two);
}
