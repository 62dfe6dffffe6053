import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { dropVersion } from '../../../src/runtime/projections/operations/drop.ts';
import { beginRebuild } from '../../../src/runtime/projections/operations/rebuild.ts';
import { switchVersion } from '../../../src/runtime/projections/operations/switch.ts';
import type { Projection } from '../../../src/runtime/projections/running/reader.ts';
import { noteBurnt } from '../events/consumer-fixture.ts';
import { createNoteWorld, type Notes, type NoteWorld } from './note-service.ts';

describe('bus.addProjection', () => {
  let world: NoteWorld;
  let key: string;
  before(async () => (world = await createNoteWorld()));
  after(() => world.close());
  beforeEach(async () => {
    await world.next();
    key = `key-${world.name}`;
  });
  afterEach(() => world.stop());

  const read = (projection: Projection<Notes>) =>
    projection.read(async (reader) => ({ version: reader.version, texts: await reader.texts(key) }));

  it('applies the events that Kafka has to the first version, and reads it', async () => {
    await world.send(key, 'a');
    const bus = world.replica();
    const projection = bus.addProjection(await world.define(1, ' '));
    await assert.rejects(read(projection), /has not started; start the event bus first/);
    await bus.start();
    await world.send(key, 'b');
    await world.untilEnd(1);
    assert.deepEqual(await read(projection), { version: 1, texts: 'a b' });
    const metrics = await world.registry.metrics();
    assert.match(
      metrics,
      new RegExp(`microservice_projection_active_version\\{projection="${world.name}"\\} 1`),
    );
    assert.match(
      metrics,
      new RegExp(`microservice_projection_progress\\{projection="${world.name}",version="1"\\} 1`),
    );
  });

  it('leaves a new version alone until its rebuild begins, and reads the active one meanwhile', async () => {
    const first = world.replica();
    const [v1, v2] = [await world.define(1, ' '), await world.define(2, ', ')];
    first.addProjection(v1);
    await first.start();
    await world.send(key, 'a');
    await world.untilEnd(1);
    const bus = world.replica();
    const projection = bus.addProjection(v1, v2);
    await bus.start();
    await waitFor(() => bus.status().consumers.some(({ state }) => state === 'running'));
    await world.send(key, 'b');
    await world.untilEnd(1);
    assert.deepEqual(
      (await world.versions()).map(({ status }) => status),
      ['live', 'waiting'],
    );
    assert.deepEqual(
      bus.status().consumers.map(({ group }) => group),
      [`${world.config.kafka.groupId}.${world.name}.v1`],
    );
    assert.equal((await read(projection)).version, 1);
    await assert.rejects(
      switchVersion(world.database, { projection: world.name, to: 2 }),
      /version 2 of projection notes-\d+ is waiting; begin with microservice-runtime projections rebuild/,
    );
    await beginRebuild(world.database, world.driver, { projection: world.name });
    await assert.rejects(
      beginRebuild(world.database, world.driver, { projection: world.name }),
      /is already being rebuilt: version 2 began/,
    );
    await world.untilEnd(2);
    assert.deepEqual(await read(projection), { version: 1, texts: 'a b' });
    await switchVersion(world.database, { projection: world.name, to: 2 });
    assert.deepEqual(await read(projection), { version: 2, texts: 'a, b' });
  });

  it('keeps the old version up to date, so that a rollback is exact', async () => {
    const bus = world.replica();
    const versions = [await world.define(1, ' '), await world.define(2, ', ')] as const;
    const projection = await readyToSwitch(bus, versions);
    await switchVersion(world.database, { projection: world.name, to: 2 });
    await world.send(key, 'b');
    await world.untilEnd(1);
    await world.untilEnd(2);
    await switchVersion(world.database, { projection: world.name, to: 1 });
    assert.deepEqual(await read(projection), { version: 1, texts: 'a b' });
  });

  it('reads one instant, also while another version becomes active', async () => {
    const bus = world.replica();
    const versions = [await world.define(1, ' '), await world.define(2, ', ')] as const;
    const projection = await readyToSwitch(bus, versions);
    const seen = await projection.read(async (reader) => {
      await switchVersion(world.database, { projection: world.name, to: 2 });
      await world.send(key, 'b');
      await world.untilEnd(1);
      return reader.texts(key);
    });
    assert.equal(seen, 'a');
    assert.equal((await read(projection)).version, 2);
  });

  it('answers 503 for an active version that this release does not define', async () => {
    const bus = world.replica();
    const v1 = await world.define(1, ' ');
    await readyToSwitch(bus, [v1, await world.define(2, ', ')]);
    const older = world.replica();
    const projection = older.addProjection(v1);
    await older.start();
    assert.equal((await read(projection)).version, 1);
    await switchVersion(world.database, { projection: world.name, to: 2 });
    await assert.rejects(read(projection), {
      name: 'UnavailableError',
      message: /version 2 of projection notes-\d+ is active, and this release does not define it/,
    });
  });

  it('drops a version with its table and its group, while replicas run', async () => {
    const bus = world.replica();
    await readyToSwitch(bus, [await world.define(1, ' '), await world.define(2, ', ')]);
    await assert.rejects(
      dropVersion(world.database, { projection: world.name, version: 1 }),
      /version 1 of projection notes-\d+ is active; switch to another version first/,
    );
    await switchVersion(world.database, { projection: world.name, to: 2 });
    const { group, table } = await dropVersion(world.database, { projection: world.name, version: 1 });
    await world.send(key, 'b');
    await world.untilEnd(2);
    await waitFor(() => bus.status().consumers.every((each) => each.group !== group));
    assert.equal(await world.database.schema.hasTable(table), false);
    const left = async (): Promise<number> =>
      (await world.database('event_positions').where({ consumer_group: group })).length +
      (await world.database('event_parked').where({ consumer_group: group })).length;
    await waitFor(async () => (await left()) === 0, { message: 'the group has no rows' });
  });

  it('refuses to publish in a handler, and parks the event', async () => {
    const bus = world.replica();
    const v1 = await world.define(1, ' ', async ({ subject }) => {
      if (subject === key) await bus.publish(noteBurnt.of('other', { text: 'again' }));
    });
    bus.addProjection(v1);
    await bus.start();
    await world.send(key, 'a');
    await world.untilEnd(1);
    const parked = await world.database('event_parked_keys').where({ key }).first('error');
    assert.match(
      parked?.error ?? 'not parked',
      /cannot publish note.burnt to note.events in a handler of version 1 of projection notes-\d+: a rebuild would publish it again/,
    );
    assert.deepEqual(await world.database('event_outbox'), []);
    // @ts-expect-error: the transaction of a projection's handler is not one that can publish
    await world.define(2, ' ', (_event, trx) => bus.publish(noteBurnt.of('other', { text: 'x' }), trx));
  });

  it('waits for an event, and says if the rows may lack it', async () => {
    const bus = world.replica();
    const projection = bus.addProjection(await world.define(1, ' '));
    await bus.start();
    const id = await world.send(key, 'a');
    const texts = (event: string, patience?: number) =>
      projection.readAfter(event, (reader) => reader.texts(key), patience === undefined ? {} : { patience });
    assert.deepEqual(await texts(`test/${id}`, 20_000), { result: 'a', stale: false });
    assert.deepEqual(await texts('test/unknown', 30), { result: 'a', stale: true });
  });

  /** Starts a replica whose second version has caught up, with one note. */
  async function readyToSwitch(
    bus: ReturnType<NoteWorld['replica']>,
    versions: readonly [Awaited<ReturnType<NoteWorld['define']>>, Awaited<ReturnType<NoteWorld['define']>>],
  ): Promise<Projection<Notes>> {
    const first = world.replica();
    first.addProjection(versions[0]);
    await first.start();
    await world.send(key, 'a');
    await world.untilEnd(1);
    const projection = bus.addProjection(...versions);
    await bus.start();
    await beginRebuild(world.database, world.driver, { projection: world.name });
    await world.untilEnd(2);
    return projection;
  }
});
