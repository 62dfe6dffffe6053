import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { type Registry, useRegistry } from '../support/registry.ts';
import { leakTest, marker } from './leak-test.ts';
import { writeContractOf } from './services.ts';

/** A service of which everything grows: resources, their fields, secret ones too, and the events of its provider. */
describe('a service that is generated a second time', function () {
  this.timeout(600_000);
  let folder: string;
  let service: string;
  let registry: Registry;
  let command: string;

  before(async () => {
    folder = await temporaryFolder('growth');
    service = path.join(folder, 'user-service');
    registry = await useRegistry();
    await execute('npm', ['install', '--prefix', folder, 'create-microservice'], {
      cwd: folder,
      env: registry.environment,
    });
    command = path.join(folder, 'node_modules', '.bin', 'create-microservice');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const generate = async (account: string, ...flags: string[]) => {
    const contract = path.join(folder, 'account', 'asyncapi.json');
    await writeContractOf('account', account, contract);
    const consumes = [
      '--contract',
      contract,
      '--consumes',
      'account.created',
      '--consumes',
      'account.deleted',
    ];
    const args = ['user', '--yes', '--no-git', '--no-install', ...flags, ...consumes];
    return execute(command, args, { cwd: folder, env: registry.environment });
  };
  const run = (...args: string[]) => execute('npm', args, { cwd: service, env: registry.environment });

  it('has migrations that follow each other, and passes its own tests, types and lint', async () => {
    await generate('email:string', '--resource', 'user', '--fields', 'email:string:unique name:string');
    const before = (await readdir(path.join(service, 'migrations'))).toSorted();
    await generate(
      'email:string phone:string',
      ...[
        '--resource',
        'vault',
        '--fields',
        'pin:string:unique:secret openedAt:timestamp:index:secret data:json:secret',
      ],
      ...[
        '--resource',
        'user',
        '--fields',
        'email:string:unique name:string:optional passwordHash:string:optional',
      ],
    );
    const after = (await readdir(path.join(service, 'migrations'))).toSorted();
    assert.deepEqual(after.slice(0, before.length), before);
    assert.deepEqual(
      after.slice(before.length).map((name) => name.slice(15)),
      ['create_vaults.ts', 'change_users.ts', 'add_phone_to_account_copies.ts'],
    );
    await run('install');
    for (const script of ['typecheck', 'lint', 'test']) await run('run', script);
  });

  it('writes the value of a secret field to no response, event or log line, even if PostgreSQL refuses the row', async () => {
    await writeFile(path.join(service, 'test', 'leak.test.ts'), leakTest);
    const mocha = path.join(service, 'node_modules', '.bin', 'mocha');
    const { stdout, stderr } = await promisify(execFile)(mocha, ['--spec', 'test/leak.test.ts'], {
      cwd: service,
      env: { ...registry.environment, LOG_LEVEL: 'trace' },
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.match(stdout, /"msg":"request"/);
    assert.match(stdout, /Failing row contains \(\[Redacted\]\)/);
    assert.equal(`${stdout}${stderr}`.includes(marker), false);
  });
});
