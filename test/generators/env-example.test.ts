import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { serviceVariables } from '../../src/runtime/config/service-config.ts';

const service = path.resolve(import.meta.dirname, '..', '..', 'examples', 'shop', 'services', 'user-service');

describe('.env.example of a service', () => {
  it('names every variable that the runtime reads, and the password that docker compose reads', async () => {
    const text = await readFile(path.join(service, '.env.example'), 'utf8');
    const named = [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name);
    assert.deepEqual(named.toSorted(), [...Object.keys(serviceVariables), 'DATABASE_PASSWORD'].toSorted());
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
