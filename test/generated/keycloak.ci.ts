import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { requireTools } from '../support/tools.ts';
import { startKeycloak, type Keycloak } from '../support/keycloak.ts';
import { writeTokenService, type TokenService } from './token-service.ts';

const docs = path.resolve(import.meta.dirname, '..', '..', 'docs');
const secrets = { BILLING_SECRET: 'secret-of-billing', REPORTING_SECRET: 'secret-of-reporting' };

describe('Keycloak with docs/identity/shop-realm.json', function () {
  this.timeout(600_000);
  let keycloak: Keycloak | undefined;
  let service: TokenService | undefined;

  before(async function () {
    await requireTools(this, [
      ['java', '--version'],
      ['jar', '--version'],
      ['mvn', '--version'],
    ]);
    keycloak = await startKeycloak(path.join(docs, 'identity', 'shop-realm.json'), secrets);
    service = await writeTokenService();
  });
  after(async () => {
    await keycloak?.stop();
    await service?.remove();
  });

  async function tokenOf(client: string, secret: string): Promise<string> {
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', scope: 'orders:write' },
      ...{ client_id: client, client_secret: secret },
    });
    const url = `${keycloak?.issuer}/protocol/openid-connect/token`;
    const response = await fetch(url, { method: 'POST', body });
    const answer = (await response.json()) as { access_token?: string };
    assert.ok(answer.access_token, JSON.stringify(answer));
    return answer.access_token;
  }

  it('is the version that docs/identity.md names', async () => {
    assert.match(await readFile(path.join(docs, 'identity.md'), 'utf8'), /keycloak\/keycloak:26\.7\.3\b/);
  });

  it('issues tokens with which its clients call the service, each within its rights', async () => {
    const variables = { AUTH_ISSUER: keycloak?.issuer, AUTH_ROLES_CLAIM: 'realm_access.roles' };
    const [billing, reporting] = [
      await tokenOf('billing', secrets.BILLING_SECRET),
      await tokenOf('reporting', secrets.REPORTING_SECRET),
    ];
    await service?.whileRunning(variables, async (url) => {
      const statusOf = async (method: string, token?: string) => {
        const headers = {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
        };
        const body = method === 'POST' ? JSON.stringify({ name: 'A' }) : null;
        return (await fetch(`${url}/v1/orders`, { method, headers, body })).status;
      };
      assert.deepEqual([await statusOf('GET'), await statusOf('GET', reporting)], [401, 200]);
      assert.deepEqual([await statusOf('POST', reporting), await statusOf('POST', billing)], [403, 201]);
      const forged = `${billing.slice(0, -8)}AAAAAAAA`;
      assert.equal(await statusOf('GET', forged), 401);
    });
  });
});
