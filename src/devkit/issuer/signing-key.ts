import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { addPrivateFile, readPrivateFile } from '../private-file.ts';

/** A key pair for ES256. */
export interface SigningKey {
  privateKey: KeyObject;
  /** The public key as JSON Web Key (RFC 7517), with its id. */
  publicJwk: Record<string, unknown> & { kid: string };
}

export function createSigningKey(): SigningKey {
  return signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

/**
 * Returns the key in `file`; writes a new one, which no other account can read, if the file has none. Throws if the file has
 * another text.
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  const text = await readPrivateFile(file);
  if (text !== '') return signingKey(privateKeyIn(text, file));
  const key = createSigningKey();
  await addPrivateFile(file, key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return openSigningKey(file); // another process may have written its key before
}

function privateKeyIn(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // the error below names the file
  }
  throw new Error(`${file} has no private key for ES256. Remove the file: the next dev writes a new one.`);
}

function signingKey(privateKey: KeyObject): SigningKey {
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url'); // RFC 7638
  return { privateKey, publicJwk: { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' } };
}
