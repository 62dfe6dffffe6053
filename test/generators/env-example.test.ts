import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { serviceVariables } from '../../src/runtime/config/service-config.ts';

const examples = path.resolve(import.meta.dirname, '..', '..', 'examples');
const service = path.join(examples, 'shop', 'services', 'user-service');

describe('.env.example of a service', () => {
  async function namedIn(folder: string): Promise<string[]> {
    const text = await readFile(path.join(folder, '.env.example'), 'utf8');
    return [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name);
  }
  const ofSagas = ['SAGA_RETENTION_DAYS', 'SAGA_REQUEST_RETENTION_DAYS'];

  it('names every variable that the runtime reads, and the password that docker compose reads', async () => {
    const all = [...Object.keys(serviceVariables), 'DATABASE_PASSWORD'];
    assert.deepEqual(
      (await namedIn(service)).toSorted(),
      all.filter((name) => !ofSagas.includes(name)).toSorted(),
    );
  });

  it('names those of sagas where the service has one, or takes part in one', async () => {
    const of = async (name: string) =>
      (await namedIn(path.join(examples, 'orders', 'services', name))).filter((each) =>
        ofSagas.includes(each),
      );
    assert.deepEqual(await of('order-service'), ['SAGA_RETENTION_DAYS']);
    assert.deepEqual(await of('payment-service'), ['SAGA_REQUEST_RETENTION_DAYS']);
  });
});

describe('a service on the machine of a developer', () => {
  const shop = path.resolve(service, '..', '..');

  it('listens on loopback by default, as .env.example sets it', async () => {
    const variables = parseEnv(await readFile(path.join(service, '.env.example'), 'utf8'));
    assert.equal(variables['HOST'], '127.0.0.1');
  });

  for (const file of ['docker-compose.kafka.yml', 'services/user-service/docker-compose.yml']) {
    it(`is published on loopback alone by ${file}`, async () => {
      const { services }: Compose = parse(await readFile(path.join(shop, file), 'utf8'));
      const ports = Object.values(services).flatMap((each) => each.ports ?? []);
      assert.ok(ports.length > 0);
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
    });
  }
});

interface Compose {
  services: Record<string, { ports?: string[] }>;
}
