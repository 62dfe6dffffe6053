import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { holdVersion, registerVersions } from '../../../src/runtime/projections/store/versions.ts';
import { dropVersion } from '../../../src/runtime/projections/operations/drop.ts';
import { beginRebuild } from '../../../src/runtime/projections/operations/rebuild.ts';
import { switchVersion } from '../../../src/runtime/projections/operations/switch.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { down, up as createProjections } from '../../../src/runtime/tables/projections.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';

describe('an operation on a projection', () => {
  let server: TestDatabase;
  let database: Knex;
  let tests = 0;
  let projection: string;
  /** The first offsets of the partitions of the topic, as Kafka has them. */
  let lows: number[];
  const driver = {
    topicOffsets: async () => lows.map((low, partition) => ({ partition, low, high: 100 })),
  };
  before(async () => {
    server = await createDatabase();
    database = connectDatabase({ databaseUrl: server.url, databasePoolMax: 8, serviceName: 'test' });
    await createInbox(database);
    await createParked(database);
    await createProjections(database);
  });
  after(async () => {
    await database.destroy();
    await server.drop();
  });
  beforeEach(async () => {
    projection = `p-${(tests += 1)}`;
    lows = [0, 0];
    await register(1);
    await database('projection_versions')
      .where({ projection, version: 1 })
      .update({ status: 'live', activated_at: new Date(), begin_offsets: '{"t/0":0,"t/1":0}' });
    await place(1, [10, 20]);
    await register(2);
  });

  const group = (version: number): string => `g.${projection}.v${version}`;
  const table = (version: number): string => `p_${tests}_v${version}`;
  const register = (version: number): Promise<void> =>
    database.transaction((trx) =>
      registerVersions(trx, projection, [
        { projection, version, table: table(version), group: group(version), topics: ['t'] },
      ]),
    );
  const place = async (version: number, positions: number[]): Promise<void> => {
    for (const [partition, position] of positions.entries())
      await database('event_positions')
        .insert({ consumer_group: group(version), topic: 't', partition, position })
        .onConflict(['consumer_group', 'topic', 'partition'])
        .merge();
  };
  const park = (version: number, key: string) =>
    database('event_parked_keys').insert({
      ...{ consumer_group: group(version), topic: 't', key, state: 'dead' },
      ...{ reason: 'bug', error: 'x', attempts: 1 },
    });
  const active = async (): Promise<number> =>
    (await database('projection_active').where({ projection }).first('active'))?.active;
  const rebuild = (partial = false) => beginRebuild(database, driver, { projection, partial });
  const change = (to: number, options: { force?: string[]; patience?: number } = {}) =>
    switchVersion(database, { projection, to, patience: 100, ...options });

  it('begins a rebuild at the first offset of each partition', async () => {
    await database('projection_versions')
      .where({ projection, version: 1 })
      .update({ begin_offsets: '{"t/0":5,"t/1":0}' });
    lows = [5, 0];
    const { version, missing } = await rebuild();
    assert.deepEqual([version.version, missing], [2, []]);
    const positions = await database('event_positions')
      .where({ consumer_group: group(2) })
      .orderBy('partition')
      .pluck('position');
    assert.deepEqual(positions.map(Number), [5, 0]);
    await assert.rejects(rebuild(), /is already being rebuilt: version 2 began/);
  });

  it('refuses a rebuild that would lack events, unless it is partial', async () => {
    lows = [0, 7];
    await assert.rejects(
      rebuild(),
      /version 2 of projection p-\d+ would be incomplete: Kafka has deleted 7 events of t\/1;.* begin with --partial/,
    );
    assert.equal((await database('event_positions').where({ consumer_group: group(2) })).length, 0);
    const { missing } = await rebuild(true);
    assert.deepEqual(missing, [{ topic: 't', partition: 1, events: 7 }]);
  });

  it('does not count events that the active version never had as missing', async () => {
    await database('projection_versions')
      .where({ projection, version: 1 })
      .update({ begin_offsets: '{"t/0":0,"t/1":7}' });
    lows = [0, 7];
    assert.deepEqual((await rebuild()).missing, []);
  });

  it('refuses a rebuild if no version waits', async () => {
    await database('projection_versions').where({ projection, version: 2 }).delete();
    await assert.rejects(rebuild(), /version 1 of projection p-\d+ is active; to rebuild, define version 2/);
    await assert.rejects(
      beginRebuild(database, driver, { projection: 'unknown' }),
      /projection unknown is unknown; see microservice-runtime projections list/,
    );
  });

  it('does not switch to a version that is behind in one partition', async () => {
    await rebuild();
    await place(2, [10, 19]);
    await assert.rejects(
      change(2),
      /version 2 of projection p-\d+ is behind version 1 in 1 partitions \(t\/1 is at 19 and has to reach 20\)/,
    );
    assert.equal(await active(), 1);
    await place(2, [10, 20]);
    assert.deepEqual(await change(2), { from: 1, to: 2 });
    assert.equal(await active(), 2);
  });

  it('does not switch to a version without a position in a partition', async () => {
    await rebuild();
    await place(2, [10, 20]);
    await place(1, [10, 20, 0]);
    await assert.rejects(change(2), /t\/2 is at no position and has to reach 0/);
  });

  it('holds the active version still while it waits, and switches once the new one has passed it', async () => {
    await rebuild();
    await place(2, [10, 19]);
    const switched = change(2, { patience: 20_000 });
    await waitFor(async () => {
      const { rows } = await database.raw<{ rows: object[] }>(
        'select from event_positions where consumer_group = ? and partition = 1 for update skip locked',
        [group(1)],
      );
      return rows.length === 0;
    });
    await place(2, [10, 20]);
    assert.deepEqual(await switched, { from: 1, to: 2 });
  });

  it('gives up if the active version is locked for longer than it may wait', async () => {
    await rebuild();
    await place(2, [10, 20]);
    await database.transaction(async (trx) => {
      await trx('event_positions')
        .where({ consumer_group: group(1) })
        .update({ position: 30 });
      await assert.rejects(
        change(2),
        /was locked for longer than 100 ms: .*; nothing was changed, so try again/,
      );
    });
    assert.equal(await active(), 1);
  });

  it('does not switch to a version with a parked key, unless the key is named', async () => {
    await rebuild();
    await place(2, [10, 20]);
    await park(2, 'k1');
    await park(2, 'k2');
    await assert.rejects(
      change(2, { force: ['k1'] }),
      /has parked keys, whose rows are out of date: "k2" of t; redrive them with microservice-runtime parked redrive --group g.p-\d+.v2, or name each with --force KEY/,
    );
    assert.deepEqual(await change(2, { force: ['k1', 'k2'] }), { from: 1, to: 2 });
  });

  it('drops a version only when its batch has ended', async () => {
    await rebuild();
    await database.raw(`create table ${table(2)} ()`);
    const batch = await database.transaction();
    await batch('event_positions')
      .where({ consumer_group: group(2) })
      .update({ position: 5 });
    assert.equal(await holdVersion(batch, { projection, version: 2 }), true);
    await assert.rejects(
      dropVersion(database, { projection, version: 2 }),
      /was locked for longer than 2000 ms/,
    );
    await batch.commit();
    await dropVersion(database, { projection, version: 2 });
    assert.equal(await database.transaction((trx) => holdVersion(trx, { projection, version: 2 })), false);
    assert.equal(await database.schema.hasTable(table(2)), false);
    assert.deepEqual(await database('event_positions').where({ consumer_group: group(2) }), []);
    await assert.rejects(dropVersion(database, { projection, version: 2 }), /is already dropped/);
    await assert.rejects(down(database), /table projection_versions has versions that are not dropped/);
  });

  it('does not use the number of a dropped version again', async () => {
    await dropVersion(database, { projection, version: 2 });
    await register(2);
    await assert.rejects(
      beginRebuild(database, driver, { projection, version: 2 }),
      /version 2 of projection p-\d+ was dropped; to rebuild, define version 3/,
    );
  });
});
