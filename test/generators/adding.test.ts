import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseFields } from '../../generators/service/fields/grammar.ts';
import { writeContractFile } from '../support/service-answers.ts';
import { copyForEachTest } from './support/copied-service.ts';
import { filesIn, quick } from './support/command.ts';
import { runHere as run } from './support/command-here.ts';

describe('create-microservice, adding to a service', function () {
  this.timeout(180_000);
  let folder: string;
  const { file, read, edit } = copyForEachTest(
    'taxi-service',
    async (first) => {
      const driver = ['--resource', 'driver', '--fields', 'name:string'];
      const { code, errors } = await run(['taxi', ...quick, ...driver], { cwd: first });
      assert.deepEqual([code, errors], [0, []]);
      const resources = [{ name: 'account', fields: parseFields('email:string') }];
      await writeContractFile(path.join(first, 'account', 'asyncapi.json'), resources);
    },
    (copy) => ({ folder } = copy),
  );

  const add = async (...flags: string[]) => {
    const { code, output, errors } = await run(flags, { cwd: folder });
    assert.deepEqual([code, errors], [0, []]);
    return output;
  };
  const trip = ['--resource', 'trip', '--fields', 'code:string'];

  it('adds a resource, and removes nothing of the first one', async () => {
    await edit('src/routers/driver-router.ts', (text) => `// mine\n${text}`);
    const before = [...(await filesIn(folder)).keys()];
    const output = await add(...trip);
    assert.doesNotMatch(output, /removed|conflict|left/);
    const after = await filesIn(folder);
    assert.deepEqual(
      before.filter((name) => !after.has(name)),
      [],
    );
    assert.ok(existsSync(file('src/routers/trip-router.ts')));
    assert.match(await read('src/routers/driver-router.ts'), /^\/\/ mine\n/);
    for (const name of ['driver', 'trip'])
      assert.match(await read('src/app.ts'), new RegExp(`create${name}Router`, 'i'));
  });

  it('adds a consumed event, and keeps the resources and the earlier events', async () => {
    const contract = ['--contract', '../account/asyncapi.json'];
    await add(...contract, '--consumes', 'account.created');
    const output = await add(...contract, '--consumes', 'account.deleted');
    assert.doesNotMatch(output, /removed|conflict|left/);
    const contracts = await read('src/events/contracts.ts');
    for (const name of ['accountCopyEvents', 'driverEvents']) assert.ok(contracts.includes(name), name);
    const consumers = await read('src/events/account-copy-consumers.ts');
    for (const name of ['accountCreated', 'accountDeleted']) assert.ok(consumers.includes(name), name);
  });

  it('removes a resource whose line the owner deletes in .yo-rc.json, and leaves the edited files', async () => {
    await add(...trip);
    await edit('src/services/driver-service.ts', (text) => `// mine\n${text}`);
    const refused = await run(['--no-resources'], { cwd: folder });
    assert.equal(refused.code, 1);
    assert.match(
      refused.errors.join('\n'),
      /"driver", "trip"; to remove one, write npm init microservice remove resource <name>/,
    );
    await edit('.yo-rc.json', (text) => text.replace(/\n +\{"name":"driver".*/, ''));
    const output = await add();
    assert.match(output, /removed {3}src\/routers\/driver-router\.ts\n/);
    assert.match(output, /left {6}src\/services\/driver-service\.ts \(yours now\)\n/);
    assert.doesNotMatch(await read('src/app.ts'), /driver/i);
    assert.match(await read('src/app.ts'), /createTripRouter/);
  });
});
