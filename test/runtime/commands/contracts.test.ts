import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createFixtureService, type FixtureService } from '../support/fixture-service.ts';

const contracts = `import joi from 'joi';
import { defineEvent, type EventContracts } from 'microservice-runtime';

const created = defineEvent({
  type: 'order.created',
  version: 1,
  topic: 'order.events',
  aggregate: 'order',
  schema: joi.object({ id: joi.string().uuid().required() }),
});
export const contracts: EventContracts = { published: [created], consumed: [] };
`;

const run = (place: FixtureService, ...args: string[]) =>
  place.run('microservice-runtime', ['contracts', ...args]);
const file = (place: FixtureService) => path.join(place.root, 'asyncapi.json');

describe('microservice-runtime contracts', function () {
  this.timeout(60_000);
  let service: FixtureService;
  beforeEach(() => {
    service = createFixtureService({
      'src/events/contracts.ts': contracts,
      'migrations/1_none.ts':
        'export async function up(): Promise<void> {}\nexport async function down(): Promise<void> {}\n',
    });
  });
  afterEach(() => service.remove());

  it('writes asyncapi.json, and then finds it up to date', async () => {
    const first = await run(service);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, 'wrote asyncapi.json\n');
    const document = JSON.parse(readFileSync(file(service), 'utf8'));
    assert.equal(document.info.title, 'fixture-service');
    assert.equal(document.info.version, '1.2.3');
    assert.deepEqual(Object.keys(document.components.messages), ['order.created.v1']);
    assert.equal((await run(service)).stdout, 'asyncapi.json is up to date\n');
    assert.equal((await run(service, '--check')).code, 0);
  });

  it('fails with --check when asyncapi.json is missing or stale, and writes nothing', async () => {
    const missing = await run(service, '--check');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /asyncapi\.json does not exist; run microservice-runtime contracts/);
    assert.equal(existsSync(file(service)), false);
    await run(service);
    service.write('src/events/contracts.ts', contracts.replace('version: 1', 'version: 2'));
    const stale = await run(service, '--check');
    assert.equal(stale.code, 1);
    assert.match(stale.stderr, /asyncapi\.json differs from src\/events\/contracts\.ts/);
    assert.match(readFileSync(file(service), 'utf8'), /order\.created\.v1/);
  });

  it('treats Windows line endings as the same text, and keeps them when it writes', async () => {
    await run(service);
    const written = readFileSync(file(service), 'utf8');
    service.write('asyncapi.json', written.replaceAll('\n', '\r\n'));
    const checked = await run(service, '--check');
    assert.equal(checked.code, 0, checked.stderr);
    assert.equal((await run(service)).stdout, 'asyncapi.json is up to date\n');
    service.write('src/events/contracts.ts', contracts.replace('version: 1', 'version: 2'));
    assert.equal((await run(service)).stdout, 'wrote asyncapi.json\n');
    const changed = readFileSync(file(service), 'utf8');
    assert.match(changed, /order\.created\.v2/);
    assert.equal(/(?<!\r)\n/.test(changed), false);
  });

  it('reads the built code of a service without sources', async () => {
    const image = service.image();
    try {
      const { code, stderr } = await run(image);
      assert.equal(code, 0, stderr);
      assert.match(readFileSync(file(image), 'utf8'), /order\.created\.v1/);
    } finally {
      image.remove();
    }
  });

  it('names the export that contracts.ts lacks', async () => {
    service.write('src/events/contracts.ts', 'export const events = [];\n');
    const { code, stderr } = await run(service);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /contracts\.ts does not export "contracts"; export \{ published, consumed \} under that name\n$/,
    );
  });

  const app = `import joi from 'joi';
import { createLogger } from 'microservice-runtime';
import { apiRouter, createHttpApp, httpServer } from 'microservice-runtime/http';

export function createService(config: any) {
  const router = apiRouter({ path: '/v1/orders', tag: 'orders' });
  const query = joi.object({ status: joi.string().valid('open', 'paid') });
  router.get('/', { summary: 'List orders', query, responses: { 200: joi.array() } }, (_req, res) => {
    res.json([]);
  });
  const info = { title: 'fixture-service', version: '1.2.3' };
  const [logger, database] = [createLogger(config), {} as any];
  return { server: httpServer(createHttpApp({ config, logger, info, routers: [router], database }), config) };
}
`;
  const config = `import { readEnvironment } from 'microservice-runtime';

export const readConfig = (environment: NodeJS.ProcessEnv) => readEnvironment(environment, {});
`;
  const example =
    'SERVICE_NAME=fixture-service\nAUTH=none\nDATABASE_URL=postgres://a:b@localhost:5432/c\nKAFKA_BOOTSTRAP_SERVERS=localhost:9092\n';

  describe('of a service with HTTP routes', () => {
    beforeEach(() => {
      service.write('src/app.ts', app);
      service.write('src/config.ts', config);
      service.write('.env.example', `${example}HTTP_BODY_LIMIT=2048\n`);
      service.write('.env', 'HTTP_BODY_LIMIT=none\n'); // the developer's own settings do not count
    });
    const api = () => path.join(service.root, 'openapi.json');

    it('writes openapi.json with the settings of .env.example, and then finds it up to date', async () => {
      const first = await run(service, '--check');
      assert.match(first.stderr, /^microservice-runtime: asyncapi\.json does not exist/);
      const { code, stdout, stderr } = await run(service);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, 'wrote asyncapi.json\nwrote openapi.json\n');
      const document = JSON.parse(readFileSync(api(), 'utf8'));
      assert.deepEqual(Object.keys(document.paths), ['/v1/orders']);
      assert.equal(
        (await run(service, '--check')).stdout,
        'asyncapi.json is up to date\nopenapi.json is up to date\n',
      );
    });

    it('fails with --check when openapi.json is stale, and passes while the service has none', async () => {
      await run(service);
      service.write('src/app.ts', app.replace("'paid'", "'paid', 'sent'"));
      const stale = await run(service, '--check');
      assert.equal(stale.code, 1);
      assert.match(
        stale.stderr,
        /openapi\.json differs from the routes in src\/app\.ts; run microservice-runtime contracts, and commit it/,
      );
      rmSync(api());
      const absent = await run(service, '--check');
      assert.equal(absent.code, 0, absent.stderr);
      assert.match(
        absent.stdout,
        /openapi\.json does not exist yet; microservice-runtime contracts writes it/,
      );
    });

    it('names the variable that .env.example lacks, and writes nothing', async () => {
      service.write('.env.example', example.replace(/^DATABASE_URL.*\n/m, ''));
      const { code, stderr } = await run(service);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /openapi\.json cannot be written, since the service cannot be created with the settings of \.env\.example: .*DATABASE_URL/s,
      );
      assert.equal(existsSync(file(service)), false);
    });
  });
});
