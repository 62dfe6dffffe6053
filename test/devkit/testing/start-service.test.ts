import assert from 'node:assert/strict';
import joi from 'joi';
import {
  connectDatabase,
  createEventBus,
  createLogger,
  databasePart,
  defineEvent,
  readEnvironment,
  type Part,
  type ServiceConfig,
} from 'microservice-runtime';
import { apiRouter, createHttpApp, httpServer } from 'microservice-runtime/http';
import { checkContracts, startService, testParts } from '../../../src/devkit/testing.ts';
import { createServiceFolder, type ServiceFolder } from '../dev/service-folder.ts';

const userCreated = defineEvent<{ email: string }>({
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  schema: joi.object({ email: joi.string().required() }),
});

/** A service whose POST publishes user.created about the user of the path, and whose last part is `last`. */
function createService(config: ServiceConfig, last: Part[] = []) {
  const logger = createLogger(config);
  const database = connectDatabase(config, logger);
  const contracts = { published: [userCreated], consumed: [] };
  const bus = createEventBus({ config, database, contracts, logger });
  const router = apiRouter({ path: '/v1/users', tag: 'users' });
  const params = joi.object<{ id: string }>({ id: joi.string().required() });
  router.post('/:id', { summary: 'Create', params, responses: { 204: null } }, async (req, res) => {
    await bus.publish(userCreated.of(req.params.id, { email: `${req.params.id}@example.org` }));
    res.status(204).end();
  });
  const info = { title: 'users', version: '1.0.0' };
  const app = createHttpApp({ config, logger, info, routers: [router], database, bus });
  const server = httpServer(app, config, logger);
  return { server, parts: [databasePart(database), bus, server, ...last] };
}

const tables = {
  'migrations/1_outbox.ts': `export { down, up } from 'microservice-runtime/tables/event-outbox';`,
  'migrations/2_inbox.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox';`,
  'migrations/3_parked.ts': `export { down, up } from 'microservice-runtime/tables/event-parked';`,
  'migrations/4_inbox_2.ts': `export { down, up } from 'microservice-runtime/tables/event-inbox-2';`,
};

describe('startService', () => {
  let folder: ServiceFolder;
  let opened: string[] = [];

  before(async () => {
    folder = await createServiceFolder(tables);
  });
  after(async () => {
    await testParts(folder).mochaGlobalTeardown();
    await folder.remove();
  });
  beforeEach(() => (opened = []));

  const readConfig = (environment: Record<string, string>) => {
    opened.push(environment['DATABASE_URL'] ?? '');
    return readEnvironment(environment);
  };

  it('starts a service that answers requests and publishes events, and removes its database at the end', async () => {
    const service = await startService(createService, readConfig, folder);
    assert.equal((await service.request('GET', '/health/ready')).status, 200);
    assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
    for (const id of ['ada', 'ben'])
      assert.equal((await service.request('POST', `/v1/users/${id}`)).status, 204);
    const event = await service.waitForEvent('user.events', { type: 'user.created', subject: 'ben' });
    assert.deepEqual(event.data, { email: 'ben@example.org' });
    await service.publish(userCreated.of('eve', { email: 'eve@example.org' }));
    assert.equal((await service.published('user.events')).length, 3);
    await service.stop();
    await service.stop();
    await assert.rejects(fetch(service.url));
    await assertRemoved(opened);
  });

  it('stops the parts and removes the database when a part cannot start', async () => {
    const stopped: string[] = [];
    const first = { name: 'first', stop: async () => void stopped.push('first') };
    const broken = { name: 'broken', start: () => Promise.reject(new Error('no mail server')) };
    const starting = startService((config) => createService(config, [first, broken]), readConfig, folder);
    await assert.rejects(starting, /^Error: no mail server$/);
    assert.deepEqual(stopped, ['first']);
    await assertRemoved(opened);
  });

  it('removes the database when the configuration is refused', async () => {
    const refuse = (environment: Record<string, string>): ServiceConfig => {
      readConfig(environment);
      throw new Error('MAIL_FROM is missing');
    };
    await assert.rejects(startService(createService, refuse, folder), /^Error: MAIL_FROM is missing$/);
    await assertRemoved(opened);
  });
});

async function assertRemoved(addresses: string[]): Promise<void> {
  assert.equal(addresses.length, 1);
  const [databaseUrl = ''] = addresses;
  const database = connectDatabase({ databaseUrl, databasePoolMax: 1, serviceName: 'test' });
  await assert.rejects(database.raw('select 1'), /does not exist/);
  await database.destroy();
}

describe('checkContracts', () => {
  it('resolves when asyncapi.json fits the code, and rejects with the remedy when it does not', async () => {
    const folder = await createServiceFolder({
      'package.json': '{ "name": "user-service", "version": "1.0.0", "type": "module" }\n',
      'asyncapi.json': '{}\n',
    });
    await assert.rejects(
      checkContracts(folder),
      /asyncapi\.json differs from src\/events\/contracts\.ts; run microservice-runtime contracts/,
    );
    await folder.write('asyncapi.json', emptyContract);
    await checkContracts(folder);
    await folder.remove();
  });
});

const emptyContract = `${JSON.stringify(
  {
    asyncapi: '3.0.0',
    info: { title: 'user-service', version: '1.0.0' },
    defaultContentType: 'application/json',
    channels: {},
    operations: {},
    components: { messages: {}, schemas: {} },
  },
  null,
  2,
)}\n`;
