import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectDatabase, ConfigError, readEnvironment, runInContext } from 'microservice-runtime';
import { findPostgres } from '../../../src/devkit/dev/servers/protocols.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { parseDatabaseUrl } from '../../../src/devkit/dev/environment/database-address.ts';
import { connectionError } from '../../../src/runtime/database/connection-error.ts';
import { connectDatabase as connectSource } from '../../../src/runtime/database/database.ts';
import { runInContext as runInSourceContext } from '../../../src/runtime/context/context.ts';
import { beginRequestWork } from '../../../src/runtime/database/request-work.ts';
import { directUrl } from '../../../src/runtime/migrations/direct-url.ts';
import { forward } from '../../support/forwarder.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';

/** Forms of addresses, and where pg 8 then connects. */
const taken: Record<string, [host: string, port: number, user: string, database: string]> = {
  'postgres://u:p@h:1/d': ['h', 1, 'u', 'd'],
  'postgresql://u:p@h/d?sslmode=no-verify': ['h', 5432, 'u', 'd'],
  'postgres://u:p%40s%2F%23@h/d': ['h', 5432, 'u', 'd'],
  'postgres://u:p@[::1]:7/d': ['::1', 7, 'u', 'd'],
  'postgres://u:p@/d?host=/cloudsql/project:region:x': ['/cloudsql/project:region:x', 5432, 'u', 'd'],
  'postgres://u:p@/d?host=/run/postgresql&port=5433': ['/run/postgresql', 5433, 'u', 'd'],
  'postgres://u:p@%2Fcloudsql%2Fx/d': ['/cloudsql/x', 5432, 'u', 'd'],
  'postgres://u@/d': ['localhost', 5432, 'u', 'd'],
};

const refused: Record<string, RegExp> = {
  'mysql://u:p@h/d': /must be an address such as postgres:/,
  'localhost:5432/d': /must be an address such as postgres:/,
  'postgres://u:hunter2#w@h/d': /percent-encode/,
  'postgres://u:hunter2/w@h/d': /percent-encode/,
  'postgres://u:hunter2@h:port/d': /must be an address such as postgres:/,
  'postgres://u:hunter2@a:1,b:2/d': /several hosts/,
  'postgres://u:hunter2@a,b:2/d': /several hosts/,
  'postgres://u:hunter2@h/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem':
    /cannot be read \(ENOENT\): \/nowhere\/ca\.pem/,
};

const read = (url: string) =>
  readEnvironment({ SERVICE_NAME: 'a', DATABASE_URL: url, KAFKA_BOOTSTRAP_SERVERS: 'k:1' });

describe('the address of a database', () => {
  for (const [url, [host, port, user, database]] of Object.entries(taken)) {
    it(`may be ${url}`, () => {
      assert.equal(read(url).databaseUrl, url);
      assert.equal(directUrl({ DATABASE_URL: url }).url, url);
      const address = parseDatabaseUrl(url);
      assert.deepEqual(
        [address.host, address.port, address.user, address.database],
        [host, port, user, database],
      );
      assert.doesNotMatch(connectionError(new Error('no'), url).message, /no URL|:p@|p%40/);
    });
  }

  for (const [url, words] of Object.entries(refused)) {
    it(`may not be ${url}, which the start reports in one line without the password`, () => {
      assert.throws(
        () => read(url),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.equal(error.faults.length, 1);
          assert.match(error.faults[0] ?? '', words);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
      assert.throws(() => directUrl({ DATABASE_URL: url }), words);
    });
  }

  describe('of a real PostgreSQL', () => {
    let home: TestDatabase;
    let folder: string;
    before(async () => {
      home = await createDatabase();
      folder = await mkdtemp(path.join(tmpdir(), 'socket-'));
    });
    after(async () => {
      await home.drop();
      await rm(folder, { recursive: true });
    });

    it('may be a Unix socket, where a statement that takes too long is cancelled too', async () => {
      const { username, password, pathname } = new URL(home.url);
      const socket = await forward({ path: `${folder}/.s.PGSQL.5432` }, home.url);
      const databaseUrl = `postgres://${username}:${password}@${pathname}?host=${folder}`;
      assert.equal(await findPostgres(parseDatabaseUrl(databaseUrl)), 'server');
      const limits = { databaseLockTimeout: 0, databaseStatementTimeout: 100 };
      const database = connectSource({ databaseUrl, databasePoolMax: 1, serviceName: 'a', ...limits });
      const context = { requestId: 'r', correlationId: 'r', traceparent: '' };
      beginRequestWork(context);
      await assert.rejects(
        runInSourceContext(context, async () => database.raw('select pg_sleep(30)')),
        { code: '57014' },
      );
      const asleep = `select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%sleep(30)'`;
      await waitFor(async () => (await database.raw(asleep)).rows.length === 0);
      await database.destroy();
      await socket.close();
      assert.match(
        connectionError(new Error('no'), databaseUrl).message,
        new RegExp(`at postgres://${username}@${pathname}\\?host=${folder}: no;`),
      );
    });

    it('may be an IPv6 address', async function () {
      const url = new URL(home.url);
      const loopback = await forward({ host: '::1', port: 0 }, home.url).catch(() => this.skip());
      url.host = `[::1]:${loopback.port}`;
      const database = connectDatabase({ databaseUrl: url.href, databasePoolMax: 1, serviceName: 'a' });
      const context = { requestId: 'r', correlationId: 'r', traceparent: '' };
      const { rows } = await runInContext(context, async () => database.raw('select 1 as one'));
      assert.deepEqual(rows, [{ one: 1 }]);
      await database.destroy();
      await loopback.close();
    });
  });
});
