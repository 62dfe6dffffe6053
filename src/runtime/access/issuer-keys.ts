import type { JSONWebKeySet } from 'jose';
import type { AuthConfig } from '../config/auth-config.ts';

/** The keys of an issuer, and the text in which it sent them. */
export interface FetchedKeys {
  set: JSONWebKeySet;
  text: string;
}

/** The time for one answer of the issuer, in ms. */
const PATIENCE = 5_000;

/**
 * Reads the issuer's keys from `jwksUrl`, else from the `jwks_uri` of its metadata (OpenID Connect Discovery 1.0, section 4).
 * Rejects with an error that names the address, and the remedy if the configuration is wrong.
 */
export async function fetchIssuerKeys({ issuer, jwksUrl }: AuthConfig): Promise<FetchedKeys> {
  const url = jwksUrl ?? (await discoverKeys(issuer));
  const { body, text } = await fetchJson(url);
  const { keys } = body;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error(`${url} lists no keys`);
  return { set: { keys: keys as JSONWebKeySet['keys'] }, text };
}

async function discoverKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { body } = await fetchJson(url);
  if (body['issuer'] !== issuer)
    throw new Error(
      `${url} is the metadata of ${JSON.stringify(body['issuer'])}; set AUTH_ISSUER to exactly that text`,
    );
  if (typeof body['jwks_uri'] !== 'string')
    throw new Error(`${url} has no jwks_uri; set AUTH_JWKS_URL to the address of the issuer's keys`);
  return body['jwks_uri'];
}

async function fetchJson(url: string): Promise<{ body: Record<string, unknown>; text: string }> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw new Error(`${url} does not answer`, { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new Error(`${url} did not answer a JSON object`);
  return { body: body as Record<string, unknown>, text };
}
