import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address is of this machine alone: 127.0.0.0/8, as IPv6 maps it or not, and ::1. */
export function isLoopback(address: string | undefined): boolean {
  const kind = isIP(address ?? '');
  return address !== undefined && kind !== 0 && loopback.check(address, kind === 4 ? 'ipv4' : 'ipv6');
}

/** The host of a `Host` header, in lower case: without port, without the brackets of IPv6, without a dot at the end. */
function hostOf(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** Whether a host leads to this machine from this machine alone (RFC 6761, section 6.3). */
const isLocalHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);

/** What proxies add; one that adds nothing at all cannot be told from a user of this machine. */
const proxied =
  /^(?:forwarded|via|x-forwarded-.*|x-envoy-.*|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-original-.*)$/;

/** What a browser says of a request that a page of another origin has made. */
const isOfOtherOrigin = ({ origin, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean =>
  origin !== undefined || site === 'cross-site' || site === 'same-site';

/**
 * Whether somebody on this machine asks for himself: the socket's peer is loopback (never what a header claims), the host
 * is local, no page of another origin has made the request, and nothing shows that a proxy passes it on, such as a sidecar or
 * a server that ends TLS. Those speak HTTP/1.0 where they are nginx as it comes.
 */
export function isFromThisMachine({ socket, headers, httpVersion }: IncomingMessage): boolean {
  return (
    isLoopback(socket.remoteAddress) &&
    httpVersion !== '1.0' &&
    isLocalHost(hostOf(headers.host ?? '')) &&
    !isOfOtherOrigin(headers) &&
    !Object.keys(headers).some((name) => proxied.test(name))
  );
}

/** Whether the value of a `Host` header is local or among the `allowed`; `*.` stands for any names before. Any is without a list. */
export function hostCheck(allowed: readonly string[] | undefined): (header: string) => boolean {
  if (allowed === undefined) return () => true;
  const exact = new Set(allowed);
  const suffixes = allowed.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (header) => {
    const host = hostOf(header);
    return isLocalHost(host) || exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix));
  };
}
