import assert from 'node:assert/strict';
import type { NextFunction, Request, Response } from 'express';
import { startIssuer } from '../../src/devkit/issuer/issuer.ts';
import { signToken } from '../../src/devkit/issuer/sign-token.ts';
import { createSigningKey } from '../../src/devkit/issuer/signing-key.ts';
import { createAuthenticator } from '../../src/runtime/access.ts';
import { runInContext } from '../../src/runtime/context/context.ts';
import { accessCheck } from '../../src/runtime/http/access/access-check.ts';
import type { Part } from './part.ts';

/** More tokens than the authenticator remembers, so that each call of the second line verifies a signature. */
const TOKENS = 2_500;

/** The handler that checks `access: { scopes: ['orders:write'] }`, in the context of a request. */
export async function accessPart(): Promise<Part> {
  const key = createSigningKey();
  const { issuer, stop } = await startIssuer({ key });
  const rules = { issuer, audience: 'orders', rolesClaim: 'roles' };
  const authenticator = createAuthenticator({ auth: { ...rules, algorithms: ['ES256'], clockSkew: 0 } });
  const app = { get: () => authenticator };
  const requests = Array.from({ length: TOKENS }, (_, n) => {
    const token = signToken(key, { sub: `caller-${n}`, scopes: ['orders:read', 'orders:write'] }, rules);
    const authorization = `Bearer ${token}`;
    const rawHeaders = ['Host', '127.0.0.1', 'Accept', 'application/json', 'Authorization', authorization];
    return { app, headers: { authorization }, rawHeaders } as unknown as Request;
  });
  const check = accessCheck({ scopes: ['orders:write'] });
  const context = { requestId: 'r', correlationId: 'c', traceparent: '' };
  let admitted = 0;
  const admit = async (request: Request | undefined) => {
    const before = admitted;
    const next: NextFunction = () => void (admitted += 1);
    await runInContext({ ...context }, () => check(request ?? assert.fail(), {} as Response, next));
    assert.equal(admitted, before + 1);
  };
  let turn = 0;
  return {
    calls: {
      'access, the token was verified before': () => admit(requests[0]),
      'access, the first request with a token': () => admit(requests[(turn += 1) % TOKENS]),
    },
    stop,
  };
}
