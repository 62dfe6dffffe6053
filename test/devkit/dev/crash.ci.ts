import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing.ts';
import { type DevProcess, runDevkit } from './dev-process.ts';
import { type ExampleWorkspace, copyExampleWorkspace } from './example-workspace.ts';
import { kill, processTree, processesIn } from './processes.ts';
import { query } from '../../support/query.ts';

describe('microservice-devkit dev in the example workspace', function () {
  this.timeout(600_000);
  let workspace: ExampleWorkspace;
  let dev: DevProcess;

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    workspace = await copyExampleWorkspace();
  });
  afterEach(function () {
    if (this.currentTest?.isFailed()) console.log(dev.output());
  });
  after(async () => {
    await dev?.endBy('SIGINT');
    const left = await processesIn(workspace.root);
    await workspace?.remove();
    assert.deepEqual(left, []);
  });

  const start = async () => {
    dev = runDevkit(workspace.root, ['dev'], { LOG_LEVEL: 'warn' });
    await dev.shows(/Ctrl-C stops/);
  };
  const create = async (name: string): Promise<string> => {
    const user = { email: `${name}@example.com`, name, age: 36, active: true };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${workspace.user.url}/v1/users`, {
      method: 'POST',
      headers,
      body: JSON.stringify(user),
    });
    assert.equal(response.status, 201, await response.clone().text());
    return ((await response.json()) as { id: string }).id;
  };
  const hasCopy = async (id: string) =>
    (await fetch(`${workspace.notification.url}/v1/user-copies/${id}`)).status === 200;

  it('starts both services; an event of one is handled by the other', async () => {
    await start();
    const id = await create('ada');
    await waitFor(() => hasCopy(id));
  });

  for (const round of [1, 2, 3]) {
    it(`continues after SIGKILL of everything, without loss or duplicates (${round})`, async () => {
      if (round === 1) await query(workspace.notification.databaseUrl, countEffects);
      const acknowledged: string[] = [];
      const client = async (number: number) => {
        for (let count = 0; count < 500; count += 1)
          acknowledged.push(await create(`user-${round}-${number}-${count}`));
      };
      const clients = Promise.allSettled([1, 2, 3, 4].map(client));
      await waitFor(() => acknowledged.length > 100 * round, { timeout: 120_000 });
      for (const pid of await processTree(dev.pid)) kill(pid, 'SIGKILL');
      assert.equal(await dev.ended, 'SIGKILL');
      await clients;
      assert(acknowledged.length < 2_000, 'requests were under way');

      await start();
      const users = await ids(workspace.user.databaseUrl, 'select id from users');
      assert.deepEqual(
        acknowledged.filter((id) => !users.has(id)),
        [],
        'an answered request was lost',
      );
      const isAllHandled = async () =>
        (await ids(workspace.notification.databaseUrl, 'select id from user_copies')).size === users.size;
      await waitFor(isAllHandled, { timeout: 120_000, message: 'a copy of every user' });
      const [effects] = await query(
        workspace.notification.databaseUrl,
        'select count(*)::int as all, count(distinct id)::int as users from effects',
      );
      assert.deepEqual(effects, { all: users.size - 1, users: users.size - 1 }); // the first user came before the table
    });
  }
});

/** A row for each time that a handler tries to write a copy and commits; it shows duplicates that an upsert would hide. */
const countEffects = `
  create table effects (id text);
  create function count_effect() returns trigger language plpgsql as
    'begin insert into effects values (new.id::text); return new; end';
  create trigger count_effect before insert on user_copies for each row execute function count_effect();
`;

const ids = async (databaseUrl: string, sql: string) =>
  new Set((await query(databaseUrl, sql)).map(({ id }) => String(id)));
