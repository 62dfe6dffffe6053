import assert from 'node:assert/strict';
import { ConfigError, readEnvironment } from 'microservice-runtime';

const minimal = {
  SERVICE_NAME: 'user-service',
  DATABASE_URL: 'postgres://user@localhost:5432/user',
  KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
};
const issuer = { AUTH_ISSUER: 'https://login.example.com/realms/shop', AUTH_AUDIENCE: 'user-service' };

const read = (more: Record<string, string>) => readEnvironment({ ...minimal, ...more });

const faultsOf = (more: Record<string, string>): readonly string[] => {
  try {
    read(more);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
};

describe('the variables of authentication', () => {
  it('in production must name an issuer, or none; one line names both', () => {
    assert.deepEqual(faultsOf({ NODE_ENV: 'production' }), [
      'AUTH and AUTH_ISSUER are not set; in production, set AUTH_ISSUER and AUTH_AUDIENCE to require tokens, or AUTH=none to accept every caller',
    ]);
    assert.equal(read({ NODE_ENV: 'production', AUTH: 'none' }).auth, undefined);
    assert.equal(read({ NODE_ENV: 'production', ...issuer }).auth?.audience, 'user-service');
    for (const NODE_ENV of ['development', 'test']) assert.equal(read({ NODE_ENV }).auth, undefined);
  });

  it('have defaults for an issuer', () => {
    assert.deepEqual(read(issuer).auth, {
      issuer: 'https://login.example.com/realms/shop',
      audience: 'user-service',
      jwksUrl: undefined,
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      clockSkew: 10_000,
      rolesClaim: 'roles',
    });
  });

  it('require an audience for an issuer, and refuse an issuer beside AUTH=none', () => {
    assert.match(
      faultsOf({ AUTH_ISSUER: issuer.AUTH_ISSUER }).join(),
      /^AUTH_AUDIENCE is not set; set it to/,
    );
    assert.deepEqual(faultsOf({ AUTH: 'none', ...issuer }), [
      'AUTH is "none": contradicts AUTH_ISSUER; unset one of the two',
    ]);
    assert.match(
      faultsOf({ AUTH: 'jwt' }).join(),
      /AUTH is "jwt": must be none, or empty if AUTH_ISSUER is set/,
    );
  });

  it('accept only asymmetric algorithms', () => {
    assert.deepEqual(read({ ...issuer, AUTH_ALGORITHMS: 'ES256, PS512' }).auth?.algorithms, [
      'ES256',
      'PS512',
    ]);
    for (const AUTH_ALGORITHMS of ['none', 'HS256', 'RS256,HS512', 'rs256'])
      assert.match(
        faultsOf({ ...issuer, AUTH_ALGORITHMS }).join(),
        /AUTH_ALGORITHMS is ".*": must be comma-separated names of RS256, /,
      );
  });
});
