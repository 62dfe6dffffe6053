import type { AuthConfig } from 'microservice-runtime';
import { errorCode } from '../../errors.ts';
import { software, startIssuer } from '../../issuer/issuer.ts';
import { openSigningKey } from '../../issuer/signing-key.ts';
import { portHolderText } from '../../processes/port-holder.ts';
import { type Address, addressText, isLocal, isListening, listenHost } from '../environment/address.ts';
import { DevError } from '../environment/dev-error.ts';
import { type DevPart, type Tell, shownPath } from './dev-part.ts';
import { type Serving, keepServing } from './serving.ts';
import { untilServerCloses } from './until-server-closes.ts';

/** The time for an answer of a server at the address, in ms. */
const patience = 3_000;

/** Returns the address of an issuer that `dev` can serve itself; undefined for an issuer on another machine, or behind TLS. */
export function embeddedIssuer({ issuer, jwksUrl }: AuthConfig): Address | undefined {
  const { protocol, hostname, port } = new URL(issuer);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
  return protocol === 'http:' && jwksUrl === undefined && isLocal(address) ? address : undefined;
}

/**
 * Uses the issuer at `address`. If nothing answers there, serves the metadata of an issuer with the key in `keyFile`. If the
 * issuer of another `dev` ends, starts one with the same key and reports that to `say`. Throws a DevError if neither is
 * possible.
 */
export function openIssuer(issuer: string, address: Address, keyFile: string, say: Tell): Promise<DevPart> {
  return keepServing(() => serve(issuer, address, keyFile), say);
}

async function serve(issuer: string, address: Address, keyFile: string): Promise<Serving> {
  if (await isListening(address)) return useFound(issuer, address, keyFile);
  try {
    const key = await openSigningKey(keyFile);
    const { stop } = await startIssuer({ key, host: listenHost(address), port: address.port, issuer });
    return { description: `${issuer} (embedded, ${shownPath(keyFile)})`, stop };
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return useFound(issuer, address, keyFile);
    throw error;
  }
}

interface Metadata {
  issuer?: unknown;
  jwks_uri?: unknown;
  software_id?: unknown;
}

async function useFound(issuer: string, address: Address, keyFile: string): Promise<Serving> {
  const metadata: Metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (metadata.issuer !== issuer)
    throw new DevError(
      `AUTH_ISSUER: the server at ${addressText(address)} is not the issuer ${issuer} but ${await portHolderText(address.port)}. Change the port in .env, or stop that process.`,
    );
  const stop = () => Promise.resolve();
  if (metadata.software_id !== software) return { description: `${issuer} (already running)`, stop };
  const { publicJwk } = await openSigningKey(keyFile);
  const { keys = [] }: { keys?: { kid?: string }[] } = await fetchJson(String(metadata.jwks_uri));
  if (!keys.some(({ kid }) => kid === publicJwk.kid))
    throw new DevError(
      `AUTH_ISSUER: the issuer at ${addressText(address)} belongs to another workspace: ${await portHolderText(address.port)}. Change the port of AUTH_ISSUER in .env, or stop that process.`,
    );
  return { description: `${issuer} (embedded, of another dev)`, stop, gone: untilServerCloses(address) };
}

/** Resolves to an empty object if there is no JSON. */
async function fetchJson(url: string): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    return (await response.json()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
