import { isIP } from 'node:net';
import joi from 'joi';

/** The variables of which the allowed hosts follow, checked. */
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
 * The hosts that a service answers to beside those of this machine; undefined where it answers to any: in production, where
 * a gateway or an ingress has chosen the service by the host already.
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
