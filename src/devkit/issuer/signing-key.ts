import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

/** A key pair for ES256. */
export interface SigningKey {
  privateKey: KeyObject;
  /** The public key as JSON Web Key (RFC 7517), with its id. */
  publicJwk: Record<string, unknown> & { kid: string };
}

export function createSigningKey(): SigningKey {
  return signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/** Returns the key in `file`; writes a new one, which no other account can read, if the file has none. */
export async function openSigningKey(file: string): Promise<SigningKey> {
  const text = await readPrivateFile(file);
  if (text !== '') return signingKey(createPrivateKey(text));
  const key = createSigningKey();
  await writePrivateFile(file, key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return openSigningKey(file); // another process may have written its key meanwhile
}

function signingKey(privateKey: KeyObject): SigningKey {
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url'); // RFC 7638
  return { privateKey, publicJwk: { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' } };
}
