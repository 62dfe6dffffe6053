import assert from 'node:assert/strict';
import { registerVersions } from '../../../src/runtime/projections/store/versions.ts';
import { up as createProjections } from '../../../src/runtime/tables/projections.ts';
import { createOperatedService, type OperatedService } from './operated-service.ts';

interface Document {
  versions: { version: number; status: string; behind: number | null; isPrevious: boolean }[];
}

describe('microservice-runtime projections', function () {
  this.timeout(60_000);
  let service: OperatedService;
  before(async () => {
    service = await createOperatedService();
    const { database } = service;
    await createProjections(database);
    await database.schema.createTable('summary_v2', (table) => table.text('key'));
    for (const version of [1, 2])
      await database.transaction((trx) =>
        registerVersions(trx, 'summary', [
          {
            ...{ projection: 'summary', version, table: `summary_v${version}` },
            ...{ group: `g.summary.v${version}`, topics: ['t'] },
          },
        ]),
      );
    for (const [version, position] of [
      [1, 20],
      [2, 5],
    ])
      await database('event_positions').insert({
        ...{ consumer_group: `g.summary.v${version}`, topic: 't', partition: 0, position },
      });
    await database('projection_versions').update({ status: 'live', begun_at: new Date() });
    await database('projection_versions').where({ version: 1 }).update({ activated_at: new Date() });
  });
  after(() => service.remove());

  const run = (...args: string[]) => service.run(['projections', ...args]);
  const statuses = async () => {
    const { versions } = await service.json<Document>(['projections', 'status', 'summary']);
    return versions.map(({ version, status, behind }) => [version, status, behind]);
  };

  it('switches, rolls back and drops with --yes, and else says what would change', async () => {
    const { stdout } = await run('list');
    assert.match(stdout, /^PROJECTION +VERSION +STATUS +TABLE +BEHIND +PARKED +BEGAN\n/);
    assert.match(stdout, /summary +2 +building +summary_v2 +15 +0 +\d+s/);
    const behind = await run('switch', 'summary', '--yes');
    assert.equal(behind.code, 1);
    assert.match(behind.stderr, /is behind version 1 in 1 partitions/);
    await service.database('event_positions').update({ position: 20 });
    const dry = await run('switch', 'summary');
    assert.match(dry.stdout, /would be read in version 2, instead of version 1/);
    assert.deepEqual(await statuses(), [
      [1, 'active', 0],
      [2, 'building', 0],
    ]);
    assert.equal((await run('switch', 'summary', '--yes')).code, 0);
    assert.equal((await run('rollback', 'summary', '--yes')).code, 0);
    assert.deepEqual(await statuses(), [
      [1, 'active', 0],
      [2, 'ready', 0],
    ]);
    const active = await run('drop', 'summary', '--version', '1', '--yes');
    assert.match(active.stderr, /version 1 of projection summary is active/);
    await run('drop', 'summary', '--version', '2');
    assert.equal(await service.database.schema.hasTable('summary_v2'), true);
    await run('drop', 'summary', '--version', '2', '--yes');
    assert.equal(await service.database.schema.hasTable('summary_v2'), false);
    assert.deepEqual(await statuses(), [
      [1, 'active', 0],
      [2, 'dropped', null],
    ]);
  });

  it('explains a wrong use', async () => {
    const cases: [string[], number, RegExp][] = [
      [['status', 'unknown'], 1, /projection unknown is unknown; see microservice-runtime projections list/],
      [['switch', 'unknown'], 1, /projection unknown is unknown/],
      [['drop', 'summary'], 2, /--version is missing/],
      [['drop', 'summary', '--version', 'x'], 2, /--version is "x"; write 1, 2, 3/],
      [['drop', 'summary', '--version', '9'], 1, /has no version 9; its versions are 1, 2/],
      [['rebuild'], 2, /NAME is missing/],
    ];
    for (const [args, code, text] of cases) {
      const result = await run(...args);
      assert.match(result.stderr, text);
      assert.equal(result.code, code, args.join(' '));
    }
  });
});
