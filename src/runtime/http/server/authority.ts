import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { problem, type Problem } from '../problems/problem.ts';

const absolute = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;
/** `uri-host [ ":" port ]` of RFC 9112, section 3.2, without user information. An IPv6 address has no zone there. */
const authority = /^(\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;
const dotAtEnd = /\.$/;

/** The parts of a request that name its host. */
export type Addressed = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders'>;

/**
 * Returns every host that a request names, the effective one first: a target in absolute form overrides `Host` (section
 * 3.2.2).
 */
export function authoritiesOf({ url = '', headers }: Addressed): string[] {
  const target = url.startsWith('/') ? undefined : absolute.exec(url)?.[1];
  return [target, headers.host].filter((each) => each !== undefined);
}

let lastText = '';
let lastHost: string | undefined = '';

/**
 * Returns the host of an authority in lower case, without port, brackets and trailing dot; undefined if it is invalid. Nearly
 * all requests name the same one, so the last result is kept.
 */
export function hostOf(text: string): string | undefined {
  if (text === lastText) return lastHost;
  lastHost = readHost(text);
  lastText = text;
  return lastHost;
}

function readHost(text: string): string | undefined {
  const host = authority.exec(text.trim())?.[1]?.toLowerCase();
  if (!host?.startsWith('[')) return host?.replace(dotAtEnd, '');
  const address = host.slice(1, -1);
  return isIPv6(address) ? address : undefined;
}

/** Returns the problem of a request with several `Host` headers or an invalid one: 400 by RFC 9112, section 3.2. */
export function hostProblem(request: Addressed): Problem | undefined {
  if (hasSeveralHosts(request.rawHeaders))
    return problem(400, 'The request has several Host headers. Send exactly one (RFC 9112, section 3.2).');
  const wrong = authoritiesOf(request).find((each) => hostOf(each) === undefined);
  if (wrong === undefined) return undefined;
  const seen = JSON.stringify(wrong.slice(0, 255));
  return problem(
    400,
    `${seen} in the Host header or the request target is not a valid host and port (RFC 9112, section 3.2).`,
  );
}

/** `headers` has only the first one. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
