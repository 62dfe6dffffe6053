import { isIP } from 'node:net';
import joi from 'joi';

/** The validated variables that determine the allowed hosts. */
export interface HostVariables {
  NODE_ENV: string;
  HOST?: string;
  HTTP_ALLOWED_HOSTS?: readonly string[];
}

/** The rule for HTTP_ALLOWED_HOSTS. */
export const hostVariables: joi.SchemaMap = {
  HTTP_ALLOWED_HOSTS: joi.string().empty('').custom(hostsOf).messages({ 'any.custom': '{{#error.message}}' }),
};

/**
 * Returns the hosts that a service answers for, besides those of this machine; undefined for any: in production, where a
 * gateway or an ingress has already routed by host.
 */
export function allowedHosts({
  NODE_ENV,
  HOST,
  HTTP_ALLOWED_HOSTS = [],
}: HostVariables): string[] | undefined {
  if (NODE_ENV === 'production') return undefined;
  return [...HTTP_ALLOWED_HOSTS, ...(HOST === undefined ? [] : [HOST.toLowerCase()])];
}

const name = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function hostsOf(list: string): string[] {
  const hosts = list.split(',').map((host) => host.trim().toLowerCase());
  if (hosts.every((host) => name.test(host) || isIP(host) !== 0)) return hosts;
  throw new Error(
    'must be comma-separated host names without scheme and port, such as users.test or *.users.test',
  );
}
