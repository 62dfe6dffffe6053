import assert from 'node:assert/strict';
import {
  createLowWaterMarks,
  type LowWaterMarks,
} from '../../../src/runtime/events/relay/low-water-marks.ts';
import { createOutbox, type Outbox } from '../../../src/runtime/events/outbox/publish.ts';
import { insertIntoOutbox } from '../../../src/runtime/events/outbox/insert.ts';
import { openSession, type Session } from '../../../src/runtime/events/relay/session.ts';
import { deleteRows, readLanes } from '../../../src/runtime/events/relay/outbox-rows.ts';
import { createOutboxDatabase, orderPlaced, type OutboxDatabase } from './outbox-fixture.ts';

const lanes = Array.from({ length: 16 }, (_, lane) => lane);

describe('the floors of the lanes', () => {
  let world: OutboxDatabase;
  let session: Session;
  let floors: LowWaterMarks;
  let publish: Outbox['publish'];

  before(async () => {
    world = await createOutboxDatabase();
    session = await openSession(world.url, 'test', 'test', { heard: () => {}, lost: () => {} });
    floors = createLowWaterMarks(session);
    const { database } = world;
    ({ publish } = createOutbox({ database, contracts: { published: [orderPlaced] }, serviceName: 'test' }));
  });
  after(async () => {
    await session.close();
    await world.close();
  });

  const placed = (id: string) => orderPlaced.of(id, { id, total: 1 });
  const read = async (except: string[] = []) =>
    [
      ...(
        await readLanes(
          session,
          lanes,
          floors,
          except.map((topic) => ({ topic })),
        )
      ).values(),
    ].flat();
  const sendAll = async () => deleteRows(session, await read());
  const keys = async (except?: string[]) => (await read(except)).map(({ key }) => key).toSorted();

  it('do not rise above the ids of an open transaction', async () => {
    const slow = await world.database.transaction();
    await slow.raw(`insert into event_outbox (topic, key, headers, payload) values ('t', 'slow', '{}', '1')`);
    const before = floors.settled();
    for (let n = 0; n < 50; n += 1) {
      await publish(placed(`fast-${n}`));
      await floors.look();
      await sendAll();
    }
    assert.equal(floors.settled(), before);
    await slow.commit();
    assert.deepEqual(await keys(), ['slow']);
    await sendAll();
  });

  it('do not rise above the ids of the youngest transaction, when no younger one has ended', async () => {
    const youngest = await world.database.transaction();
    const message = { topic: 't', key: 'youngest', value: '1', headers: {} };
    await insertIntoOutbox(await youngest.client.acquireConnection(), [message]);
    for (let looks = 0; looks < 3; looks += 1) {
      await floors.look();
      assert.deepEqual(await keys(), []);
    }
    await youngest.commit();
    assert.deepEqual(await keys(), ['youngest']);
    await sendAll();
  });

  it('rise once all transactions have ended, but not above waiting rows', async () => {
    for (const key of ['a', 'b', 'c']) await publish(placed(key));
    await floors.look();
    await publish(placed('d'));
    await floors.look();
    assert.ok(floors.settled() > 0n);
    assert.deepEqual(await keys(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(await keys(['order.events']), []);
    assert.deepEqual(await keys(), ['a', 'b', 'c', 'd']);
    await sendAll();
    await floors.look();
    await read();
    assert.ok(lanes.every((lane) => floors.floorOf(lane) === floors.settled()));
  });

  it('let a read skip the deleted rows that an old transaction keeps from vacuum', async () => {
    const old = await world.database.transaction({ isolationLevel: 'repeatable read' });
    await old('event_outbox').count();
    await world.database.raw(`insert into event_outbox (topic, key, headers, payload)
      select 't', n::text, '{}', '1' from generate_series(1, 20000) as n`);
    await world.database('event_outbox').delete();
    await publish(placed('new'));
    await floors.look();
    await floors.look();
    assert.deepEqual(await keys(), ['new']);
    const [plan] = await session.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
      `explain (analyze, buffers, format json) select * from event_outbox where lane = 3 and id > $1 order by id limit 500`,
      [String(floors.floorOf(3))],
    );
    await old.rollback();
    assert.ok((plan?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Infinity) < 20, JSON.stringify(plan));
  });
});
