import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import joi from 'joi';
import {
  connectDatabase,
  createKafkaDriver,
  createLogger,
  defineEvent,
  readEnvironment,
} from 'microservice-runtime';
import { startPostgres } from '../../../src/devkit/postgres/postgres.ts';
import { createTestEnvironment, testParts, type TestEnvironment } from '../../../src/devkit/testing.ts';
import { createServiceFolder, type ServiceFolder } from '../dev/service-folder.ts';

const userCreated = defineEvent<{ email: string }>({
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  schema: joi.object({ email: joi.string().required() }),
});

describe('createTestEnvironment', () => {
  let folder: ServiceFolder;
  const environments: TestEnvironment[] = [];
  const parts = () => testParts({ root: folder.root });

  before(async () => {
    folder = await createServiceFolder({
      '.env.example':
        'SERVICE_NAME=users\nMAIL_FROM=us@example.org\nDATABASE_URL=postgres://nobody@localhost:1/no\nPORT=8001\n',
    });
    await parts().mochaGlobalSetup();
  });

  after(async () => {
    await parts().mochaGlobalTeardown();
    await folder.remove();
  });

  afterEach(async () => {
    await Promise.all(environments.splice(0).map((environment) => environment.close()));
  });

  const create = async () => {
    const environment = await createTestEnvironment({ root: folder.root });
    environments.push(environment);
    return environment;
  };

  it('gives each caller a migrated database of its own', async () => {
    const [first, second] = (await Promise.all([create(), create()])).map(databaseOf);
    assert(first && second);
    await first('users').insert({ email: 'a@example.org' });
    assert.equal((await first('users').select()).length, 1);
    assert.equal((await second('users').select()).length, 0);
    await Promise.all([first.destroy(), second.destroy()]);
  });

  it("takes the service's own variables from .env.example, and neither its addresses nor its port", async () => {
    const { environment } = await create();
    assert.equal(environment['SERVICE_NAME'], 'users');
    assert.equal(environment['MAIL_FROM'], 'us@example.org');
    assert.equal(environment['PORT'], '0');
    // on a socket of the test's own server, or on loopback where the platform has no sockets
    assert.match(environment['DATABASE_URL'] ?? '', /@(127\.0\.0\.1|%2F[^/]+):\d+\/test_/);
  });

  it('published resolves to all events in order', async () => {
    const test = await create();
    assert.deepEqual(await test.published('user.events'), []);
    for (const email of ['1', '2', '3']) await test.publish(userCreated.of('user-1', { email }));
    await test.publish(userCreated.of('user-2', { email: '4' }), { source: 'user-service' });
    const events = await test.published('user.events');
    const ofFirst = events.filter(({ subject }) => subject === 'user-1');
    assert.deepEqual(
      ofFirst.map(({ data }) => data),
      [{ email: '1' }, { email: '2' }, { email: '3' }],
    );
    assert.deepEqual(
      events.filter(({ source }) => source === 'user-service').map(({ type, subject }) => [type, subject]),
      [['user.created', 'user-2']],
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 4);
  });

  it('publish sends an event again under a given id', async () => {
    const test = await create();
    const id = await test.publish(userCreated.of('user-1', { email: '1' }));
    await test.publish(userCreated.of('user-1', { email: '1' }), { id });
    assert.deepEqual(
      (await test.published('user.events')).map((event) => event.id),
      [id, id],
    );
  });

  it('gives each caller a broker of its own', async () => {
    const [first, second] = await Promise.all([create(), create()]);
    await first.publish(userCreated.of('user-1', { email: '1' }));
    assert.deepEqual(await second.published('user.events'), []);
  });

  it('publish refuses data that do not match the schema of the event', async () => {
    const test = await create();
    // @ts-expect-error a mistake that the compiler also reports
    await assert.rejects(test.publish(userCreated.of('user-1', { mail: '1' })), /user\.created.*email/);
  });

  it('close leaves no database, no broker and no connection', async () => {
    const test = await create();
    await test.publish(userCreated.of('user-1', { email: '1' }));
    await test.published('user.events');
    await test.close();
    await test.close();
    const database = databaseOf(test);
    await assert.rejects(database.raw('select 1'), /does not exist/);
    await database.destroy();
    const logger = createLogger({ serviceName: 'test', logLevel: 'silent' });
    const driver = createKafkaDriver(readEnvironment(test.environment).kafka, { clientId: 'test', logger });
    await assert.rejects(driver.topicOffsets('user.events'), /ECONNREFUSED/);
    await driver.close();
  });

  describe('with TEST_DATABASE_URL', () => {
    afterEach(() => delete process.env['TEST_DATABASE_URL']);

    it('creates its databases on that server, and drops them at the end', async () => {
      const server = await startPostgres({ databases: ['mine'] });
      process.env['TEST_DATABASE_URL'] = server.url('mine');
      const other = await createServiceFolder();
      const test = await createTestEnvironment({ root: other.root });
      const { url, listed } = {
        url: new URL(test.environment['DATABASE_URL'] ?? ''),
        listed: () => databasesOf(server.url()),
      };
      assert.equal(url.port, String(server.port));
      assert((await listed()).includes(url.pathname.slice(1)));
      await test.close();
      await testParts({ root: other.root }).mochaGlobalTeardown();
      assert.deepEqual(await listed(), ['mine', 'postgres']);
      await server.stop();
      await other.remove();
    });

    it('mocha with the configuration of a generated service runs one file or all, prints only the log of a test that fails, and leaves no database there', async () => {
      const server = await startPostgres({ databases: ['mine'] });
      const other = await createServiceFolder({
        '.mocharc.json': await readFile(path.join(root, mochaConfiguration), 'utf8'),
        'test/database.test.ts': databaseTest,
        'test/other.test.ts': `it('is another test', () => {});`,
        'failing/users.test.ts': failingTest,
        'test/support/helper.ts': `throw new Error('mocha loaded a file without tests');`,
      });
      const env = { ...process.env, TEST_DATABASE_URL: server.url('mine') };
      const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js');
      const { stdout } = await promisify(execFile)(process.execPath, [mocha], { cwd: other.root, env });
      assert.match(stdout, /2 passing/);
      const one = await promisify(execFile)(process.execPath, [mocha, 'test/other.test.ts'], {
        ...{ cwd: other.root, env },
      });
      assert.match(one.stdout, /1 passing/);
      await assertShown([mocha, '--spec', 'failing/*.test.ts'], { cwd: other.root, env });
      assert.deepEqual(await databasesOf(server.url()), ['mine', 'postgres']);
      await server.stop();
      await other.remove();
    });

    it('names TEST_DATABASE_URL when no server answers there', async () => {
      process.env['TEST_DATABASE_URL'] = 'postgres://postgres:secret@127.0.0.1:1/mine';
      const other = await createServiceFolder();
      const rejection = testParts({ root: other.root }).mochaGlobalSetup();
      await assert.rejects(
        rejection,
        (error: Error) =>
          /TEST_DATABASE_URL: .*ECONNREFUSED/.test(error.message) && !/secret/.test(error.message),
      );
      await other.remove();
    });
  });
});

const root = path.resolve(import.meta.dirname, '../../..');
const mochaConfiguration = 'generators/service/templates/service/_mocharc.json';
const databaseTest = `
import { createTestEnvironment } from 'microservice-devkit/testing';
it('has a database', async () => (await createTestEnvironment()).close());
`;

/** The same request in a test that passes and in one that fails. */
const failingTest = `
import { connectDatabase, createLogger, databasePart, readEnvironment, type ServiceConfig } from 'microservice-runtime';
import { apiRouter, createHttpApp, httpServer } from 'microservice-runtime/http';
import { startService, type TestService } from 'microservice-devkit/testing';

function createService(config: ServiceConfig, logger = createLogger(config)) {
  const database = connectDatabase(config, logger);
  const router = apiRouter({ path: '/users', tag: 'users' });
  router.post('/', { summary: 'Create', responses: { 201: null } }, async (_req, res) => {
    await database('users').insert({ nickname: 'x' });
    res.status(201).end();
  });
  const info = { title: 'users', version: '1.0.0' };
  const server = httpServer(createHttpApp({ config, logger, info, routers: [router], database }), config, logger);
  return { server, parts: [databasePart(database), server] };
}

describe('users', () => {
  let service: TestService;
  before(async () => {
    service = await startService(createService, readEnvironment);
  });
  after(() => service.stop());
  it('passes', () => service.request('POST', '/users').expect(500));
  it('fails', () => service.request('POST', '/users').expect(201));
});
`;

/** Asserts that a run of `failingTest` shows the cause of the failure once in the error, and once as the log of that test. */
async function assertShown(
  command: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const env = { ...options.env, LOG_LEVEL: undefined };
  const run = promisify(execFile)(process.execPath, command, { ...options, env });
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  const shown = stdout + stderr;
  assert.match(shown, /1 passing[^]*1 failing/);
  assert.match(shown, /POST \/users answered 500 Internal Server Error instead of 201 Created/);
  assert.match(shown, /cause: .*column "nickname" of relation "users" does not exist/);
  assert.match(shown, /at .*users\.test\.ts:\d+/);
  assert.equal(shown.match(/log: error request failed: .*"nickname"/g)?.length, 1, shown);
  assert.doesNotMatch(shown, /\{"level"/);
}

const databaseOf = ({ environment }: TestEnvironment) => connectDatabase(readEnvironment(environment));

async function databasesOf(databaseUrl: string): Promise<string[]> {
  const database = connectDatabase({ databaseUrl, databasePoolMax: 1, serviceName: 'test' });
  try {
    return await database('pg_database').where('datistemplate', false).orderBy('datname').pluck('datname');
  } finally {
    await database.destroy();
  }
}
