import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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
});
