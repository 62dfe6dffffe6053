import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { completeEnvironment } from '../../src/devkit/dev/environment/environment-file.ts';
import { filesIn, newFolder, quick, removeFolders, run } from './support/command.ts';

describe('the database password of a service', () => {
  let first: string;
  let cwd: string;
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const readVariables = async () => parseEnv(await readFile(file('.env'), 'utf8'));

  before(async () => {
    first = await newFolder();
    await run(['user', ...quick], { cwd: first });
  });
  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'random-password-'));
    await cp(first, cwd, { recursive: true });
    folder = path.join(cwd, 'user-service');
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));
  after(removeFolders);

  it('is random, is written only to .env, and cannot be read by other users of the machine', async () => {
    const { DATABASE_PASSWORD = '', DATABASE_URL } = await readVariables();
    assert.match(DATABASE_PASSWORD, /^[\w-]{24}$/);
    assert.equal(DATABASE_URL, `postgres://user:${DATABASE_PASSWORD}@localhost:5432/user_db`);
    if (process.platform !== 'win32') assert.equal((await stat(file('.env'))).mode & 0o777, 0o600);
    for (const name of (await filesIn(folder)).keys()) {
      const content = await readFile(file(name), 'utf8');
      if (name !== '.env') assert(!content.includes(DATABASE_PASSWORD), name);
    }
    const other = await newFolder();
    await run(['user', ...quick], { cwd: other });
    const theirs = await readFile(path.join(other, 'user-service', '.env'), 'utf8');
    assert.notEqual(parseEnv(theirs)['DATABASE_PASSWORD'], DATABASE_PASSWORD);
  });

  it('stays the same when the generator runs again, even with other answers', async () => {
    const before = await readVariables();
    assert.match((await run(['user'], { cwd })).output, /is up to date; nothing was written/);
    assert.equal((await run(['user', '--database-port', '5499'], { cwd })).code, 0);
    const { DATABASE_URL, ...rest } = await readVariables();
    assert.equal(DATABASE_URL, before['DATABASE_URL']?.replace('5432', '5499'));
    assert.equal(rest['DATABASE_PASSWORD'], before['DATABASE_PASSWORD']);
    if (process.platform !== 'win32') assert.equal((await stat(file('.env'))).mode & 0o777, 0o600);
  });

  it('is not replaced if the owner has chosen one', async () => {
    const own = (await readFile(file('.env'), 'utf8')).replaceAll(
      (await readVariables())['DATABASE_PASSWORD'] ?? '',
      'post$&gres',
    );
    await writeFile(file('.env'), own);
    assert.equal((await run(['user', '--database-port', '5499'], { cwd })).code, 0);
    assert.equal(await readFile(file('.env'), 'utf8'), own.replace('5432', '5499'));
  });

  it('is created by npm run dev in a clone, which has no .env', async () => {
    await rm(file('.env'));
    assert.match((await completeEnvironment(folder)) ?? '', /with a random database password/);
    assert.match((await readVariables())['DATABASE_PASSWORD'] ?? '', /^[\w-]{24}$/);
    assert.match((await run(['user'], { cwd })).output, /is up to date; nothing was written/);
    const { code, errors } = await run(['user', '--database-port', '5499'], { cwd });
    assert.equal(code, 0, errors.join('\n'));
    assert.match((await readVariables())['DATABASE_URL'] ?? '', /:5499\/user_db$/);
  });

  it('is used by docker-compose.yml, for a database that listens only on this machine', async () => {
    const text = await readFile(file('docker-compose.yml'), 'utf8');
    const { services } = parse(text) as {
      services: Record<string, { environment: Record<string, string>; ports: string[] }>;
    };
    const variable = '${DATABASE_PASSWORD:?set it in .env; npx microservice-devkit env writes that file}';
    assert.equal(services['user-db']?.environment['POSTGRES_PASSWORD'], variable);
    assert.equal(
      services['user-service']?.environment['DATABASE_URL'],
      `postgres://user:${variable}@user-db:5432/user_db`,
    );
    assert.deepEqual(services['user-db']?.ports, ['127.0.0.1:5432:5432']);
  });
});
