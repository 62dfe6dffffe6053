import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type {
  EventHandler,
  Tombstone,
  TombstoneHandler,
} from '../../../src/runtime/events/handling/handler.ts';
import { createFixture, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const { topic, type } = noteWritten;

describe('a tombstone', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  const keep: EventHandler<Note> = ({ subject, data }, trx) =>
    trx('effect').insert({ key: subject, text: data.text });
  const erase: TombstoneHandler = ({ key }, trx) => trx('effect').insert({ key, text: 'erased' });
  const effects = (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const parkedKeys = (): Promise<string[]> => fixture.database('event_parked_keys').pluck('key');
  const queued = async (): Promise<number> => (await fixture.database('event_parked').pluck('id')).length;
  const redrive = (): Promise<unknown> =>
    fixture
      .database('event_parked_keys')
      .update({ state: 'parked', attempts: 0, next_try_at: fixture.database.fn.now() });

  function consume(onTombstone?: TombstoneHandler, onEvent = keep): Registry {
    const registry = new Registry();
    const consumers = fixture.consumers({ registry, parkDelay: { first: 600_000, max: 600_000 } });
    consumers.on(noteWritten, onEvent);
    if (onTombstone) consumers.onTombstone(topic, onTombstone);
    consumers.start();
    return registry;
  }

  const headers = (ofType: string, id = 'nothing') => ({ ce_id: id, ce_source: 'test', ce_type: ofType });

  it('is skipped and counted if it has no handler', async () => {
    const registry = consume();
    await fixture.sendRaw({ key: 'a', value: null });
    await fixture.sendRaw({ key: null, value: null });
    await fixture.sendRaw({ key: 'a', value: null, headers: headers('note.burned') });
    await fixture.send('a', 'after');
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual(await parkedKeys(), []);
    assert.match(
      await registry.metrics(),
      /consumer_tombstones_total\{group="[^"]+",topic="note.events"\} 3/,
    );
  });

  it('with the headers of a handled event is a dead letter, since it has no data', async () => {
    consume();
    await fixture.sendRaw({ key: 'a', value: null, headers: headers(type) });
    await waitFor(async () => (await parkedKeys()).length === 1);
  });

  it('is passed to its handler, once and in the order of its key', async () => {
    const seen: Tombstone[] = [];
    consume(async (tombstone, trx) => {
      seen.push(tombstone);
      await erase(tombstone, trx);
    });
    await fixture.send('a', 'before');
    await fixture.sendRaw({ key: 'a', value: null });
    await fixture.sendRaw({ key: 'b', value: null, headers: headers(type) });
    await fixture.sendRaw({ key: 'b', value: null, headers: headers(type) });
    await fixture.sendRaw({ key: null, value: null });
    await fixture.send('a', 'after');
    await waitFor(async () => (await effects()).at(-1) === 'after');
    assert.deepEqual(await effects(), ['before', 'erased', 'erased', 'after']);
    assert.deepEqual(seen, [
      { topic, partition: 0, offset: '1', key: 'a' },
      { topic, partition: 0, offset: '2', key: 'b' },
    ]);
  });

  it('waits behind a parked event of its key', async () => {
    let failing = true;
    consume(erase, async (event, trx) => {
      if (event.data.text === 'poison' && failing) throw new TypeError('never');
      await keep(event, trx);
    });
    await fixture.send('a', 'poison');
    await fixture.sendRaw({ key: 'a', value: null });
    await fixture.send('b', 'other');
    await waitFor(async () => (await effects()).length === 1);
    assert.equal(await queued(), 2);
    failing = false;
    await redrive();
    await waitFor(async () => (await effects()).length === 3);
    assert.deepEqual(await effects(), ['other', 'poison', 'erased']);
  });

  it('whose handler fails is parked, with the later events of its key behind it', async () => {
    let failing = true;
    consume(async (tombstone, trx) => {
      await erase(tombstone, trx);
      if (failing) throw new TypeError('never');
    });
    await fixture.sendRaw({ key: 'a', value: null });
    await fixture.send('a', 'behind');
    await fixture.send('b', 'other');
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual([await effects(), await parkedKeys(), await queued()], [['other'], ['a'], 2]);
    failing = false;
    await redrive();
    await waitFor(async () => (await effects()).length === 3);
    assert.deepEqual(await effects(), ['other', 'erased', 'behind']);
  });

  it('has one handler per topic and group', () => {
    const consumers = fixture.consumers();
    consumers.onTombstone(topic, erase);
    consumers.onTombstone(topic, erase, { groupId: 'other' });
    assert.throws(() => consumers.onTombstone(topic, erase), /note\.events already has a tombstone handler/);
    assert.deepEqual(consumers.groups(), ['note-service-consumer', 'other']);
  });
});
