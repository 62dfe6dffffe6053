import type { JSONWebKeySet } from 'jose';
import type { AuthConfig } from '../config/auth-config.ts';

/** The keys of an issuer, and the text in which it sent them. */
export interface FetchedKeys {
  set: JSONWebKeySet;
  text: string;
}

/** The time for one answer of the issuer, in ms. */
const PATIENCE = 5_000;
/** The largest answer of the issuer, in bytes. A key with its certificates has a few KiB. */
const LARGEST_ANSWER = 2 ** 20;

/**
 * Reads the issuer's keys from `jwksUrl`, else from the `jwks_uri` of its metadata (OpenID Connect Discovery 1.0, section 4).
 * Rejects with an error that names the address, and the remedy if the configuration is wrong.
 */
export async function fetchIssuerKeys({ issuer, jwksUrl }: AuthConfig): Promise<FetchedKeys> {
  const url = jwksUrl ?? (await discoverKeys(issuer));
  const { body, text } = await fetchJson(url);
  const keys = Array.isArray(body['keys']) ? body['keys'].filter(isKey) : [];
  if (keys.length === 0) throw new Error(`${url} lists no keys`);
  return { set: { keys }, text };
}

/** One malformed member must not withdraw the keys beside it (RFC 7517, section 5). */
const isKey = (value: unknown): value is JSONWebKeySet['keys'][number] =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw new Error(`${url} does not answer`, { cause });
  });
  if (!response.ok) throw await refused(url, response);
  const text = await textOf(url, response);
  return { body: objectIn(url, text), text };
}

/** The issuer is followed nowhere: its address decides whose keys count. */
async function refused(url: string, { status, headers, body }: Response): Promise<Error> {
  await body?.cancel();
  const target = headers.get('location');
  const remedy = target === null ? '' : ` and redirects to ${target}; configure the final address`;
  return new Error(`${url} answered ${status}${remedy}`);
}

async function textOf(url: string, { body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // leaving the loop cancels the stream
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER) throw new Error(`${url} answered more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function objectIn(url: string, text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // the same answer to the operator as for another JSON value
  }
  throw new Error(`${url} did not answer a JSON object`);
}
