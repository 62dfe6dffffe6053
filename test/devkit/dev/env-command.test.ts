import assert from 'node:assert/strict';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { runDevkit } from './dev-process.ts';
import { type ServiceFolder, createServiceFolder } from './service-folder.ts';

const example =
  'DATABASE_PASSWORD=RANDOM_PASSWORD\nDATABASE_URL=postgres://user:RANDOM_PASSWORD@localhost:5432/users\n';

describe('microservice-devkit env', () => {
  let service: ServiceFolder;
  beforeEach(async () => {
    service = await createServiceFolder({ '.env.example': example });
  });
  afterEach(() => service.remove());

  const run = async (): Promise<string> => {
    const command = runDevkit(service.root, ['env']);
    assert.equal(await command.ended, 0, command.output());
    return command.output();
  };
  const read = async () => parseEnv(await readFile(path.join(service.root, '.env'), 'utf8'));

  it('writes a missing .env with a random password and mode 600, and changes nothing the second time', async () => {
    assert.equal(await run(), 'Wrote .env from .env.example, with a random database password.\n');
    const { DATABASE_PASSWORD = '', DATABASE_URL } = await read();
    assert.match(DATABASE_PASSWORD, /^[\w-]{24}$/);
    assert.equal(DATABASE_URL, `postgres://user:${DATABASE_PASSWORD}@localhost:5432/users`);
    if (process.platform !== 'win32')
      assert.equal((await stat(path.join(service.root, '.env'))).mode & 0o777, 0o600);
    assert.equal(await run(), '.env is complete.\n');
    assert.equal((await read())['DATABASE_PASSWORD'], DATABASE_PASSWORD);
  });

  it('puts a random password into a copy of .env.example', async () => {
    await service.write('.env', example);
    assert.equal(await run(), 'Wrote a random database password to .env.\n');
    assert.doesNotMatch(JSON.stringify(await read()), /RANDOM_PASSWORD/);
  });

  it('does not write through a link', async function () {
    if (process.platform === 'win32') this.skip();
    const elsewhere = path.join(service.root, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'env'), example);
    await symlink(path.join(elsewhere, 'env'), path.join(service.root, '.env'));
    const command = runDevkit(service.root, ['env']);
    assert.equal(await command.ended, 1);
    assert.match(command.output(), /\.env is a link, .* Replace RANDOM_PASSWORD in it with a password/);
    assert.equal(await readFile(path.join(elsewhere, 'env'), 'utf8'), example);
  });
});
