import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { authoritiesOf, hostOf } from '../server/authority.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address is of this machine alone: 127.0.0.0/8, as IPv6 maps it or not, and ::1. */
export function isLoopback(address: string | undefined): boolean {
  const kind = isIP(address ?? '');
  return address !== undefined && kind !== 0 && loopback.check(address, kind === 4 ? 'ipv4' : 'ipv6');
}

/** A name as resolvers take it: without what a browser, a proxy and this service could read in two ways. */
const localName = /^(?:[a-z\d_-]+\.)*localhost$/;
const plainName = /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

/** Whether a host leads to this machine from this machine alone (RFC 6761, section 6.3). */
const isLocalHost = (host: string): boolean => localName.test(host) || isLoopback(host);

/**
 * What browsers, curl and HTTP libraries send for somebody who asks for himself. Proxies have hundreds of headers of their
 * own, and the next one is unknown: any other header shows one. A proxy that adds none cannot be told from a user.
 */
const ofClients =
  /^(?:host|user-agent|accept(?:-.*)?|connection|keep-alive|te|cache-control|pragma|dnt|priority|cookie|referer|authorization|upgrade-insecure-requests|content-(?:type|length)|if-(?:none-match|modified-since)|sec-(?:fetch|ch|gpc)(?:-.*)?)$/;

/** What a browser says of a request that a page of another origin has made. */
const isOfOtherOrigin = ({ origin, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean =>
  origin !== undefined || site === 'cross-site' || site === 'same-site';

/**
 * Whether somebody on this machine asks for himself: the socket's peer is loopback (never what a header claims), each host
 * that is named is local, no page of another origin has made the request, and nothing shows that a proxy passes it on, such
 * as a sidecar or a server that ends TLS. Those speak HTTP/1.0 where they are nginx as it comes.
 */
export function isFromThisMachine(request: IncomingMessage): boolean {
  const { socket, headers, httpVersion } = request;
  const hosts = authoritiesOf(request);
  return (
    isLoopback(socket.remoteAddress) &&
    httpVersion !== '1.0' &&
    hosts.length > 0 &&
    hosts.every((each) => isLocalHost(hostOf(each) ?? '')) &&
    !isOfOtherOrigin(headers) &&
    Object.keys(headers).every((name) => ofClients.test(name))
  );
}

/** Whether a host, as `hostOf` gives it, is local or among the `allowed`; `*.` stands for any names before. Any is without a list. */
export function hostCheck(allowed: readonly string[] | undefined): (host: string) => boolean {
  if (allowed === undefined) return () => true;
  const exact = new Set(allowed);
  const suffixes = allowed.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (host) => isLocalHost(host) || exact.has(host) || suffixes.some((suffix) => isBelow(host, suffix));
}

const isBelow = (host: string, suffix: string) =>
  host.endsWith(suffix) && plainName.test(host.slice(0, -suffix.length));
