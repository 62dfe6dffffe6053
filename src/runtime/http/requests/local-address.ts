import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { authoritiesOf, hostOf } from '../server/authority.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Reports whether an IP address belongs to this machine only: 127.0.0.0/8, also IPv4-mapped, and ::1. */
export function isLoopback(address: string | undefined): boolean {
  const kind = isIP(address ?? '');
  return address !== undefined && kind !== 0 && loopback.check(address, kind === 4 ? 'ipv4' : 'ipv6');
}

/**
 * A name in the form that resolvers accept: no characters that a browser, a proxy and this service could interpret
 * differently.
 */
const localName = /^(?:[a-z\d_-]+\.)*localhost$/;
const plainName = /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

/** Reports whether a host leads to this machine, and only from this machine (RFC 6761, section 6.3). */
const isLocalHost = (host: string): boolean => localName.test(host) || isLoopback(host);

/**
 * The headers that browsers, curl and HTTP libraries send for their own user. Proxies have hundreds of headers and new ones
 * appear, so any other header indicates a proxy. A proxy that adds no header cannot be distinguished from a user.
 */
const ofClients =
  /^(?:host|user-agent|accept(?:-.*)?|connection|keep-alive|te|cache-control|pragma|dnt|priority|cookie|referer|authorization|upgrade-insecure-requests|content-(?:type|length)|if-(?:none-match|modified-since)|sec-(?:fetch|ch|gpc)(?:-.*)?)$/;

/** The browser's statement that a page of another origin made the request. */
const isOfOtherOrigin = ({ origin, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean =>
  origin !== undefined || site === 'cross-site' || site === 'same-site';

/**
 * Reports whether a user of this machine makes the request directly: the socket's peer is loopback (headers are never trusted
 * for that), every named host is local, no page of another origin made the request, and there is no sign of a proxy such as a
 * sidecar or a TLS terminator. An nginx with its default settings speaks HTTP/1.0.
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

/**
 * Reports whether a host, as returned by `hostOf`, is local or in `allowed`; `*.` matches any subdomain. Without a list,
 * every host is allowed.
 */
export function hostCheck(allowed: readonly string[] | undefined): (host: string) => boolean {
  if (allowed === undefined) return () => true;
  const exact = new Set(allowed);
  const suffixes = allowed.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (host) => isLocalHost(host) || exact.has(host) || suffixes.some((suffix) => isBelow(host, suffix));
}

const isBelow = (host: string, suffix: string) =>
  host.endsWith(suffix) && plainName.test(host.slice(0, -suffix.length));
