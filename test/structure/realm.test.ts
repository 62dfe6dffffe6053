import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Scope {
  name: string;
  protocolMappers?: { protocolMapper: string; config: Record<string, string> }[];
}

interface Client {
  clientId: string;
  secret?: string;
  publicClient?: boolean;
  defaultClientScopes: string[];
  optionalClientScopes: string[];
}

interface Realm {
  clientScopes: Scope[];
  scopeMappings: object[];
  clients: Client[];
}

const docs = path.resolve(import.meta.dirname, '..', '..', 'docs');
const realm = JSON.parse(readFileSync(path.join(docs, 'identity', 'shop-realm.json'), 'utf8')) as Realm;

/** The tokens themselves are tested with Keycloak in test/generated/keycloak.ci.ts. */
describe('docs/identity/shop-realm.json', () => {
  const mapperOf = (scope: string, mapper: string) =>
    realm.clientScopes
      .find(({ name }) => name === scope)
      ?.protocolMappers?.find(({ protocolMapper }) => protocolMapper === mapper)?.config;

  it('puts the audience, the subject and the roles into each token of each client', () => {
    assert.equal(
      mapperOf('order-service', 'oidc-audience-mapper')?.['included.custom.audience'],
      'order-service',
    );
    assert.ok(mapperOf('basic', 'oidc-sub-mapper'));
    assert.equal(mapperOf('basic', 'oidc-usermodel-realm-role-mapper')?.['claim.name'], 'realm_access.roles');
    for (const { clientId, defaultClientScopes } of realm.clients)
      assert.deepEqual(defaultClientScopes, ['basic', 'order-service'], clientId);
  });

  it('gives orders:write only on request, and only to a role', () => {
    for (const { clientId, optionalClientScopes } of realm.clients)
      assert.deepEqual(optionalClientScopes, ['orders:write'], clientId);
    assert.deepEqual(realm.scopeMappings, [{ clientScope: 'orders:write', roles: ['order-clerk'] }]);
  });

  it('has a placeholder for each secret, and no password', () => {
    for (const { clientId, secret, publicClient } of realm.clients)
      assert.match(secret ?? '', publicClient ? /^$/ : /^\$\{[A-Z_]+\}$/, clientId);
    assert.doesNotMatch(JSON.stringify(realm), /"credentials"/);
  });
});
