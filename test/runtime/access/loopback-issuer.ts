import { KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** A key pair of an issuer, by its id. */
export interface IssuerKey {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

export async function createKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Signs any header and any claims with ES256, also those that no library signs. */
export function signUnchecked({ kid, privateKey }: IssuerKey, header: object, claims: object): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encoded({ alg: 'ES256', kid, ...header })}.${encoded(claims)}`;
  const key = { key: KeyObject.from(privateKey), dsaEncoding: 'ieee-p1363' } as const;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

/** A real issuer on loopback, whose keys and answers a test controls. */
export interface LoopbackIssuer {
  url: string;
  keys: IssuerKey[];
  /** Answers 503 instead of the keys. */
  isAway: boolean;
  /** The number of times that its keys were read. */
  reads: () => number;
  /** The claims of a token for an audience `orders`, valid at `at` and for five minutes. */
  claims: (at: Date) => JWTPayload;
  /** Signs these claims; `more` overrides them. */
  sign: (at: Date, more?: JWTPayload, key?: IssuerKey) => Promise<string>;
  stop: () => Promise<void>;
}

export async function startIssuer(): Promise<LoopbackIssuer> {
  let reads = 0;
  const server = createServer(({ url }, res) => {
    const isKeys = url === '/keys';
    if (isKeys) reads += 1;
    if (issuer.isAway) res.statusCode = 503;
    const keys = issuer.keys.map(({ publicJwk }) => publicJwk);
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(isKeys ? { keys } : { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: LoopbackIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: [await createKey('first')],
    isAway: false,
    reads: () => reads,
    claims(at) {
      const now = Math.floor(at.getTime() / 1_000);
      return { iss: issuer.url, aud: 'orders', sub: 'ada', iat: now, exp: now + 300 };
    },
    sign(at, more = {}, key = issuer.keys[0]) {
      if (!key) throw new Error('the issuer has no key');
      const claims = { ...issuer.claims(at), ...more };
      const header = { alg: key.publicJwk.alg ?? 'ES256', kid: key.kid };
      return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
