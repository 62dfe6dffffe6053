import path from 'node:path';
import type { Sibling } from '../../output/place.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import type { Client } from '../model/answers.ts';
import { resourceNames } from '../model/names.ts';
import { clientIdentifiers } from '../model/reserved-words.ts';

/** Variables of these names belong to the runtime, and tests replace them. */
const reserved = /^(?:auth-jwks|database|kafka|test-database)(?:-|$)/;

/** Returns the reason why a client cannot have this name. */
export function clientNameFault(name: string): string | undefined {
  if (reserved.test(name))
    return `${seen(name)} is reserved for the variables of the runtime; name the client after the other side`;
  return kebabFault(name, 'the name of the client');
}

/**
 * Returns the reason why the generated code of a client cannot have this name: it would declare what it also imports or uses. A
 * stored client is not checked, since its owner may have renamed it in the code.
 */
export function clientCodeFault(name: string): string | undefined {
  const { pascal } = resourceNames(name);
  const declared = [pascal, `${pascal}Client`, `create${pascal}Client`, `startFake${pascal}`];
  const taken = declared.find((each) => clientIdentifiers.has(each));
  if (taken === undefined) return undefined;
  return `the client ${seen(name)} would declare "${taken}", which the generated code uses; name the client after the other side, such as ${name}-api`;
}

const address = /^https?:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w.~%@+-]+)*$/;

/** Returns the reason why a client cannot call this address. */
export function clientUrlFault(url: string): string | undefined {
  if (address.test(url) && URL.canParse(url)) return undefined;
  return `${seen(url)} is not the address of an API; write it with http or https and without a user, a password or a query, such as https://api.example.com/v1`;
}

/** Removes the final slash. */
export const tidyUrl = (url: string): string => url.trim().replace(/\/+$/, '');

/** Returns the reason why a service cannot have these clients beside `siblings`. */
export function clientsFault(
  clients: readonly Client[],
  { port, siblings }: { port: number | undefined; siblings: readonly Sibling[] },
): string | undefined {
  for (const client of clients) {
    const own = port !== undefined && isLocal(client.url, port) ? 'this service' : undefined;
    const name = own ?? siblings.map((sibling) => siblingOf(client, sibling)).find((found) => found);
    if (name !== undefined)
      return `the client "${client.name}" would call ${name}. Services of one system talk through events, so that each works while another one is down. To get its data, write npm init microservice consumer <event>`;
  }
  return undefined;
}

function siblingOf({ name, url }: Client, { folder, answers }: Sibling): string | undefined {
  const { hostname } = new URL(url);
  const service = path.basename(folder);
  const isSibling =
    name === answers['name'] ||
    hostname.split('.')[0] === `${String(answers['name'])}-service` ||
    isLocal(url, Number(answers['port']));
  return isSibling ? service : undefined;
}

function isLocal(url: string, port: number): boolean {
  const { hostname, port: own } = new URL(url);
  return /^(?:localhost|127(?:\.\d+){3}|host\.docker\.internal)$/.test(hostname) && own === String(port);
}
