import { isIPv6 } from 'node:net';
import type { Request } from 'express';

/**
 * Returns the address of the client, as Express's setting `trust proxy` determines it. Of an IPv6 address, returns the first 64
 * bits: one host may use every address of its network (RFC 4291, section 2.5.1).
 */
export function clientAddress({ ip: stated = 'unknown' }: Pick<Request, 'ip'>): string {
  const ip = withoutPort(stated);
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  return mapped ?? `${groupsOf(ip).slice(0, 4).join(':')}::/64`;
}

/** Returns the 16-bit groups of an IPv6 address, without leading zeros. */
function groupsOf(ip: string): string[] {
  const [head = [], tail = []] = ip
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = ip.includes('::') ? Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0') : [];
  return [...head, ...zeros, ...tail].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}

/** Some proxies state the port in X-Forwarded-For, which each connection changes (Azure Application Gateway: `203.0.113.7:5678`). */
const withoutPort = (address: string): string =>
  /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
