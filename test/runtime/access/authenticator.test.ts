import assert from 'node:assert/strict';
import { SignJWT, UnsecuredJWT, exportSPKI, importJWK, type CryptoKey, type JWTPayload } from 'jose';
import { UnauthorizedError, UnavailableError, type AuthConfig } from 'microservice-runtime';
import { createAuthenticator } from 'microservice-runtime/access';
import type { Authenticator } from 'microservice-runtime/http';
import { createClock } from '../../../src/devkit/testing.ts';
import { createKey, signUnchecked, startIssuer, type LoopbackIssuer } from './loopback-issuer.ts';

const SECONDS = 1_000;
const MINUTES = 60 * SECONDS;

describe('createAuthenticator', () => {
  let issuer: LoopbackIssuer;
  let clock: ReturnType<typeof createClock>;
  let authenticator: Authenticator;
  let warnings: unknown[];

  const configOf = (more: Partial<AuthConfig> = {}): { auth: AuthConfig } => ({
    auth: {
      issuer: issuer.url,
      audience: 'orders',
      algorithms: ['ES256'],
      clockSkew: 10 * SECONDS,
      rolesClaim: 'roles',
      ...more,
    },
  });
  const create = (more?: Partial<AuthConfig>): Authenticator => {
    const created = createAuthenticator(configOf(more), {
      now: clock.now,
      logger: { warn: (...words: unknown[]) => void warnings.push(words) },
    });
    assert.ok(created);
    return created;
  };
  const sign = (more?: JWTPayload, key = issuer.keys[0]) => issuer.sign(clock.now(), more, key);
  /** Signs claims and header parameters of any type, which jose would refuse to sign. */
  const signAny = (more: Record<string, unknown>, key = issuer.keys[0], header: object = {}) => {
    assert.ok(key);
    return signUnchecked(key, header, { ...issuer.claims(clock.now()), ...more });
  };
  const refuses = (token: string, message: RegExp) =>
    assert.rejects(authenticator.authenticate(token), (error) => {
      assert.ok(error instanceof UnauthorizedError, String(error));
      assert.equal(error.error, 'invalid_token');
      assert.match(error.message, message);
      assert.ok(!error.message.includes(token));
      return true;
    });

  beforeEach(async () => {
    issuer = await startIssuer();
    clock = createClock('2026-01-01T00:00:00Z');
    warnings = [];
    authenticator = create();
  });
  afterEach(() => issuer.stop());

  it('returns nothing for a service without an issuer', () => {
    assert.equal(createAuthenticator({}), undefined);
  });

  it('names the caller with its scopes and roles', async () => {
    const principal = await authenticator.authenticate(
      await sign({ scope: 'a b', roles: ['admin'], tenant: 't' }),
    );
    const { claims, ...named } = principal;
    assert.deepEqual(named, { issuer: issuer.url, subject: 'ada', scopes: ['a', 'b'], roles: ['admin'] });
    assert.equal(claims['tenant'], 't');
  });

  it('reads roles from a nested claim, and scopes from scp', async () => {
    authenticator = create({ rolesClaim: 'realm_access.roles' });
    const token = await sign({ scp: ['a', 'b'], realm_access: { roles: ['clerk'] } });
    const { scopes, roles } = await authenticator.authenticate(token);
    assert.deepEqual({ scopes, roles }, { scopes: ['a', 'b'], roles: ['clerk'] });
  });

  describe('refuses a token', () => {
    it('of another issuer', async () =>
      refuses(await sign({ iss: 'https://evil.example' }), /another issuer/));

    it('for another audience, also one whose name begins like ours', async () => {
      await refuses(await sign({ aud: 'payments' }), /another audience/);
      await refuses(await sign({ aud: ['orders-2', 'payments'] }), /another audience/);
      await authenticator.authenticate(await sign({ aud: ['payments', 'orders'] }));
    });

    it('without exp, and without sub', async () => {
      await refuses(await sign({ exp: undefined }), /no expiry time/);
      await refuses(await sign({ sub: undefined }), /no subject/);
    });

    it('with the algorithm none', async () => {
      const { url } = issuer;
      const token = new UnsecuredJWT({ sub: 'ada' })
        .setIssuer(url)
        .setAudience('orders')
        .setExpirationTime('1h');
      await refuses(token.encode(), /not (accepted|valid)/);
    });

    it('that is signed with the public key as the secret of an HMAC', async () => {
      const [key] = issuer.keys;
      assert.ok(key);
      const publicKey = (await importJWK(key.publicJwk, 'ES256', { extractable: true })) as CryptoKey;
      for (const secret of [await exportSPKI(publicKey), JSON.stringify(key.publicJwk)]) {
        const claims = {
          iss: issuer.url,
          aud: 'orders',
          sub: 'ada',
          exp: clock.now().getTime() / 1_000 + 60,
        };
        const token = await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: key.kid })
          .sign(new TextEncoder().encode(secret));
        await refuses(token, /algorithm .* not accepted/);
      }
    });

    it('with an algorithm that is not in the list', async () => {
      issuer.keys = [await createKey('first', 'ES384')];
      await refuses(await sign(), /algorithm .* not accepted/);
    });

    it('that is signed with a key of somebody else, under a key id of the issuer', async () => {
      const stranger = await createKey('first');
      await refuses(await sign({}, stranger), /not valid/);
    });

    it('that is not a JWT, however long it is', async () => {
      const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const header = encoded({ alg: 'ES256', kid: 'first' });
      const claims = encoded({ iss: issuer.url, aud: 'orders', sub: 'ada' });
      const malformed = ['', 'abc', '..', 'a.b.c', `${header}.${claims}.`, `${header}.${claims}.AAAA`];
      const foreign = [`${encoded(null)}.${claims}.AAAA`, `${header}.${claims}.a.b.c`, `%.${claims}.AAAA`];
      const long = ['a'.repeat(2 ** 20), '.'.repeat(2 ** 20), `${header}.${claims}.${'A'.repeat(2 ** 20)}`];
      for (const token of [...malformed, ...foreign, ...long])
        await assert.rejects(authenticator.authenticate(token), UnauthorizedError);
    });

    it('whose exp or nbf is a text', async () => {
      const now = Math.floor(clock.now().getTime() / 1_000);
      await refuses(signAny({ exp: String(now + 60) }), /no expiry time/);
      await refuses(signAny({ nbf: String(now) }), /not valid/);
    });

    it('that brings its own key, or names the address of one', async () => {
      const stranger = await createKey('first');
      const { publicJwk } = stranger;
      for (const extra of [
        { jwk: publicJwk },
        { jku: 'http://127.0.0.1:1/keys' },
        { x5u: 'http://127.0.0.1:1' },
      ])
        await refuses(signAny({}, stranger, extra), /not valid/);
    });

    it('that declares another type, such as the logout token of the same issuer', async () => {
      for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 5])
        await refuses(signAny({}, issuer.keys[0], { typ }), /not an access token/);
      for (const typ of ['JWT', 'at+jwt', 'application/at+JWT'])
        await authenticator.authenticate(signAny({}, issuer.keys[0], { typ }));
    });

    it('whose subject is empty or not a text', async () => {
      for (const sub of ['', 5, ['ada'], { name: 'ada' }]) await refuses(signAny({ sub }), /no subject/);
    });

    it('with a critical header parameter, which this service does not know', async () => {
      await refuses(signAny({}, issuer.keys[0], { crit: ['exp'], exp: 1 }), /not valid/);
    });
  });

  it('allows the clock skew at both ends of the life of a token, and no more', async () => {
    const now = clock.now().getTime() / 1_000;
    await authenticator.authenticate(await sign({ exp: now - 9 }));
    await refuses(await sign({ exp: now - 11 }), /expired/);
    await authenticator.authenticate(await sign({ nbf: now + 9 }));
    await refuses(await sign({ nbf: now + 11 }), /not valid yet/);
  });

  it('refuses a token that it has accepted, once it has expired', async () => {
    const token = await sign();
    await authenticator.authenticate(token);
    clock.advance(309 * SECONDS);
    await authenticator.authenticate(token);
    clock.advance(2 * SECONDS);
    await refuses(token, /expired/);
  });

  it('reads the keys once for many tokens', async () => {
    await Promise.all([1, 2, 3].map(async (n) => authenticator.authenticate(await sign({ n }))));
    assert.equal(issuer.reads(), 1);
  });

  it('accepts a new key of the issuer, and refuses a withdrawn one', async () => {
    const [old] = issuer.keys;
    const known = await sign();
    await authenticator.authenticate(known);
    clock.advance(30 * SECONDS);
    issuer.keys = [await createKey('second')];
    await authenticator.authenticate(await sign());
    await refuses(await sign({}, old), /not signed with a key/);
    await refuses(known, /not signed with a key/);
  });

  it('withdraws a key after ten minutes without an unknown key id', async () => {
    const [old] = issuer.keys;
    const claims = { exp: clock.now().getTime() / 1_000 + 3_600 };
    const known = await sign(claims);
    await authenticator.authenticate(known);
    issuer.keys = [await createKey('second')];
    clock.advance(10 * MINUTES);
    await authenticator.authenticate(known); // this call starts to read the keys, and does not wait
    await authenticator.authenticate(await sign());
    await refuses(known, /not signed with a key/);
    await refuses(await sign({}, old), /not signed with a key/);
  });

  it('keeps the keys while the issuer is away, and reports that', async () => {
    await authenticator.authenticate(await sign());
    issuer.isAway = true;
    clock.advance(60 * MINUTES);
    await authenticator.authenticate(await sign());
    await refuses(await sign({}, await createKey('unknown')), /not signed with a key/);
    await authenticator.authenticate(await sign({ n: 2 }));
    assert.match(JSON.stringify(warnings), /keys of the issuer cannot be read/);
  });

  it('keeps the keys when the issuer answers without keys', async () => {
    const key = issuer.keys[0];
    await authenticator.authenticate(await sign());
    issuer.keys = [];
    clock.advance(30 * SECONDS);
    await refuses(await sign({}, await createKey('unknown')), /not signed with a key/);
    await authenticator.authenticate(await sign({ n: 2 }, key));
  });

  it('tries each key that fits a token: without a key id, and with the id of two keys', async () => {
    const [key] = issuer.keys;
    assert.ok(key);
    issuer.keys = [await createKey('first'), key, await createKey('second')];
    await authenticator.authenticate(await sign({}, key));
    await authenticator.authenticate(signAny({}, key, { kid: undefined }));
    await refuses(signAny({}, await createKey('stranger'), { kid: undefined }), /not valid/);
    await refuses(signAny({ exp: 1 }, key, { kid: undefined }), /expired/);
  });

  it('uses the valid keys beside a malformed one, and reports that', async () => {
    const [key] = issuer.keys;
    assert.ok(key);
    const broken = await createKey('broken');
    const malformed = { ...broken, publicJwk: { ...broken.publicJwk, x: 'AAAA' } };
    issuer.keys = [{ ...broken, publicJwk: JSON.parse('null') }, malformed, key];
    await authenticator.authenticate(await sign({}, key));
    for (const n of [1, 2]) await refuses(await sign({ n }, broken), /not signed with a key/);
    assert.equal(warnings.length, 1);
    assert.match(JSON.stringify(warnings), /a key of the issuer cannot be used/);
  });

  it('reads the keys again after the clock was set back', async () => {
    await authenticator.authenticate(await sign());
    clock.advance(-60 * MINUTES);
    issuer.keys = [await createKey('second')];
    await authenticator.authenticate(await sign());
  });

  it('reads the keys at most once in 30 seconds for unknown key ids, and keeps the known ones', async () => {
    await authenticator.authenticate(await sign());
    const unknown = await Promise.all(
      Array.from({ length: 20 }, (_, n) => createKey(`unknown-${n}`).then((key) => sign({ n }, key))),
    );
    await authenticator.authenticate(await sign());
    const before = issuer.reads();
    for (const token of unknown) await refuses(token, /not signed with a key/);
    assert.equal(issuer.reads(), before);
    clock.advance(30 * SECONDS);
    await Promise.all(unknown.map((token) => refuses(token, /not signed with a key/)));
    assert.equal(issuer.reads(), before + 1);
    await authenticator.authenticate(await sign({ n: 1 }));
    assert.equal(issuer.reads(), before + 1);
  });

  it('is unavailable until the issuer has answered for the first time, and asks it at most once a second', async () => {
    issuer.isAway = true;
    const token = await sign();
    for (const _ of [1, 2, 3]) await assert.rejects(authenticator.authenticate(token), UnavailableError);
    issuer.isAway = false;
    await assert.rejects(authenticator.authenticate(token), UnavailableError);
    clock.advance(1 * SECONDS);
    await authenticator.authenticate(token);
    assert.equal(issuer.reads(), 1, 'while it is away, its metadata has no address of its keys');
  });

  it('reports metadata of another issuer, with the remedy', async () => {
    authenticator = create({ issuer: `${issuer.url}/` });
    await assert.rejects(authenticator.authenticate(await sign()), UnavailableError);
    assert.match(String((warnings[0] as { err: Error }[])[0]?.err), /set AUTH_ISSUER to exactly that text/);
  });

  it('reads the keys at AUTH_JWKS_URL instead, if it is set', async () => {
    authenticator = create({ issuer: 'https://login.example.com', jwksUrl: `${issuer.url}/keys` });
    await authenticator.authenticate(await sign({ iss: 'https://login.example.com' }));
  });
});
