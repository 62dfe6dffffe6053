import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { handleBatch } from '../../../src/runtime/events/consumer/batch.ts';
import type { EffectHandler, EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createGroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { createPosition } from '../../../src/runtime/events/inbox/positions.ts';
import { createTakeover } from '../../../src/runtime/events/subscriptions/takeover.ts';
import type { KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { forgetSince } from '../../../src/runtime/events/operations/replay.ts';
import { burnt, createFixture, noteBurnt, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const ignore = async (): Promise<void> => {};
/** Parked events wait for a redrive, which is noticed soon. */
const settings = { parkDelay: { first: 600_000, max: 600_000 }, parkedPoll: 50, commitInterval: 50 };

interface PositionRow {
  partition: number;
  position: string;
  resets: number;
}

describe('the first start of a subscription', () => {
  let fixture: Fixture;
  let groupId: string;
  /** A prefix for the keys of the running test, so that no test counts the events of another test. */
  let prefix: string;
  let tests = 0;
  const services: Consumers[] = [];
  before(async () => (fixture = await createFixture(3)));
  after(() => fixture.close());
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });
  beforeEach(async () => {
    tests += 1;
    await fixture.deleteRecords();
    groupId = `service-${tests}`;
    prefix = `test-${tests}-`;
    for (const table of ['effect', 'event_parked', 'event_parked_keys', 'event_inbox'])
      await fixture.database(table).delete();
  });

  const effects = async (): Promise<string[]> => fixture.database('effect').orderBy('id').pluck('text');
  const positions = async (group: string): Promise<PositionRow[]> =>
    fixture.database('event_positions').where('consumer_group', group).orderBy('partition');
  const places = async (group: string): Promise<number[]> =>
    (await positions(group)).map(({ position }) => Number(position));
  const ends = async (): Promise<number[]> =>
    (await fixture.driver.topicOffsets(noteWritten.topic))
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ high }) => high);
  const untilEnd = (group: string): Promise<unknown> =>
    waitFor(async () => String(await places(group)) === String(await ends()), {
      message: `${group} at the end`,
    });
  /** A member that leaves while it joins delays the next one. */
  const untilRunning = (consumers: Consumers): Promise<unknown> =>
    waitFor(() => consumers.status().every(({ state }) => state === 'running'), { message: 'running' });
  const parkedBy = async (): Promise<string[]> =>
    fixture.database('event_parked_keys').orderBy('consumer_group').pluck('consumer_group');
  const redrive = async (): Promise<unknown> =>
    fixture.database('event_parked_keys').update({ state: 'parked', next_try_at: fixture.database.fn.now() });

  const keep: EventHandler<Note> = async ({ subject, data }, trx) => {
    if (subject.startsWith(prefix)) await trx('effect').insert({ key: subject, text: data.text });
  };
  const keepUnlessPoison: EventHandler<Note> = async (event, trx) => {
    await keep(event, trx);
    if (event.subject.startsWith(prefix) && event.data.text === 'poison')
      throw new TypeError('x is not a function');
  };

  function create({ driver = fixture.driver } = {}): Consumers {
    const service = fixture.consumers({ ...settings, driver, groupId }, [noteWritten, noteBurnt]);
    services.push(service);
    return service;
  }
  /** About two keys for each partition. */
  const notes = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({
      key: `${prefix}${index % 6}`,
      text: String(from + index),
    }));

  /** The release before the handler moves: it is one of the default subscription. */
  function startOld(handler: EventHandler<Note> = keep): Consumers {
    const consumers = create();
    consumers.on(noteWritten, handler);
    consumers.start();
    return consumers;
  }

  /** The release after it: the handler has a subscription of its own, and the default one has another event of the topic. */
  function startNew(
    handler: EventHandler<Note> = keep,
    {
      burntHandler = ignore,
      driver = fixture.driver,
    }: { burntHandler?: EventHandler<Note>; driver?: KafkaDriver } = {},
  ): Consumers {
    const consumers = create({ driver });
    consumers.on(noteBurnt, burntHandler);
    consumers.subscribe({ name: 'moved', from: { group: groupId }, on: [[noteWritten, handler]] });
    consumers.start();
    return consumers;
  }

  /** Does not return positions of groups before it is opened. */
  function gatedDriver() {
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    const driver: KafkaDriver = {
      ...fixture.driver,
      async committedOffsets(group, topics) {
        gate.emit('asked');
        await opened;
        return fixture.driver.committedOffsets(group, topics);
      },
    };
    return { driver, asked: once(gate, 'asked'), open: () => gate.emit('open') };
  }

  it('with latest receives no past event, even if it stops before its first event', async () => {
    const start = (): Consumers => {
      const consumers = create();
      consumers.subscribe({ name: 'saga', from: 'latest', on: [[noteWritten, keep]] });
      consumers.start();
      return consumers;
    };
    await fixture.sendMany(notes(6));
    const past = await ends();
    const first = start();
    await untilRunning(first);
    await first.stop();
    assert.deepEqual(await places(`${groupId}.saga`), past, 'every partition is recorded at once');
    await fixture.sendMany(notes(6, 100));
    start();
    await untilEnd(`${groupId}.saga`);
    const heard = (await effects()).map(Number).toSorted((a, b) => a - b);
    assert.deepEqual(heard, [100, 101, 102, 103, 104, 105]);
  });

  it('starts at the offsets in Kafka if PostgreSQL has no positions', async () => {
    const start = (): Consumers => {
      const consumers = create();
      consumers.on(noteBurnt, ignore);
      consumers.subscribe({ name: 'saga', from: 'latest', on: [[noteWritten, keep]] });
      consumers.subscribe({ name: 'moved', from: { group: groupId }, on: [[noteWritten, keep]] });
      consumers.start();
      return consumers;
    };
    const forget = (...groups: string[]): Promise<unknown> =>
      fixture.database('event_positions').whereIn('consumer_group', groups).delete();
    const first = start();
    await waitFor(async () => (await positions(`${groupId}.saga`)).length > 0);
    const past = await ends();
    await fixture.sendMany(notes(6));
    const groups = [`${groupId}.saga`, `${groupId}.moved`];
    await Promise.all(groups.map(untilEnd));
    const now = await ends();
    const isCommitted = async (group: string): Promise<boolean> => {
      const committed = await fixture.driver.committedOffsets(group, [noteWritten.topic]);
      return now.every(
        (offset, partition) =>
          offset === past[partition] ||
          committed.some((each) => each.partition === partition && each.offset === offset),
      );
    };
    await waitFor(async () => (await Promise.all([groupId, ...groups].map(isCommitted))).every(Boolean));
    await first.stop();
    await forget(groupId, ...groups);
    await fixture.database('event_inbox').delete();
    await fixture.database('effect').delete();
    await fixture.sendMany(notes(6, 100));
    start();
    await Promise.all(groups.map(untilEnd));
    const heard = notes(6, 100).flatMap(({ text }) => [text, text]);
    assert.deepEqual((await effects()).toSorted(), heard.toSorted());
  });

  it('with earliest receives every event that Kafka has', async () => {
    await fixture.sendMany(notes(6));
    const consumers = create();
    consumers.subscribe({ name: 'projection', from: 'earliest', on: [[noteWritten, keep]] });
    consumers.start();
    await untilEnd(`${groupId}.projection`);
    assert.equal((await effects()).length, 6);
  });

  it('with a group continues at the position of the group, with its inbox and parked keys', async () => {
    const old = startOld(keepUnlessPoison);
    await fixture.sendMany(notes(6));
    const known = await fixture.send(`${prefix}1`, 'known');
    await fixture.sendMany(['poison', 'behind'].map((text) => ({ key: `${prefix}0`, text })));
    await untilEnd(groupId);
    await old.stop();
    const copied = await places(groupId);
    await fixture.send(`${prefix}1`, 'known', { id: known });
    await fixture.sendMany(notes(6, 100));
    // only the position shows that it was handled
    await fixture.database('event_inbox').whereNot('event_id', known).delete();
    startNew(keep, { driver: { ...fixture.driver, committedOffsets: async () => [] } });
    await untilEnd(`${groupId}.moved`);
    await redrive();
    await waitFor(async () => (await parkedBy()).length === 0);
    const all = await effects();
    assert.deepEqual(all.toSorted(), [...new Set(all)].toSorted(), 'no event is handled twice');
    assert.equal(all.length, 15);
    assert.ok(all.indexOf('poison') < all.indexOf('behind') && all.indexOf('behind') < all.indexOf('100'));
    assert.ok(copied.some((place) => place > 0));
  });

  it('with a shared group starts with copies of its inbox and parked keys', async () => {
    const old = startOld(keepUnlessPoison);
    const known = await fixture.send(`${prefix}1`, 'known');
    await fixture.sendMany(['poison', 'behind'].map((text) => ({ key: `${prefix}0`, text })));
    await untilEnd(groupId);
    await old.stop();
    await fixture.send(`${prefix}1`, 'known', { id: known });
    await fixture.send(`${prefix}1`, 'new');
    const both = create();
    both.on(noteWritten, keepUnlessPoison);
    both.subscribe({ name: 'second', from: { group: groupId, shared: true }, on: [[noteWritten, keep]] });
    both.start();
    await Promise.all([untilEnd(groupId), untilEnd(`${groupId}.second`)]);
    await waitFor(async () => (await parkedBy()).length === 1);
    assert.deepEqual(await parkedBy(), [groupId]);
    assert.equal((await fixture.database('event_parked')).length, 2);
    const all = await effects();
    assert.deepEqual(all.toSorted(), ['behind', 'known', 'new', 'new', 'poison']);
    assert.ok(all.indexOf('poison') < all.indexOf('behind'));
  });

  it('with a shared group receives every event, even after the group loses its handler', async () => {
    const both = create();
    both.on(noteWritten, keep);
    both.subscribe({
      name: 'second',
      from: { group: groupId, shared: true },
      on: [[noteWritten, keepUnlessPoison]],
    });
    both.start();
    await Promise.all([untilEnd(groupId), untilEnd(`${groupId}.second`)]);
    await both.stop();
    // the group is ahead of the subscription
    const ahead = create();
    ahead.on(noteWritten, keepUnlessPoison);
    ahead.start();
    await fixture.sendMany(['1', '2'].map((text) => ({ key: `${prefix}0`, text })));
    await fixture.send(`${prefix}1`, 'poison');
    await untilEnd(groupId);
    await ahead.stop();
    assert.deepEqual(await effects(), ['1', '2']);
    await fixture.database('effect').delete();
    const next = create();
    next.on(noteBurnt, ignore);
    next.subscribe({ name: 'second', from: { group: groupId, shared: true }, on: [[noteWritten, keep]] });
    next.start();
    await untilEnd(`${groupId}.second`);
    assert.deepEqual((await effects()).toSorted(), ['1', '2', 'poison']);
    assert.deepEqual(await parkedBy(), [groupId], 'the group keeps what it has parked');
  });

  it('rejects two takeovers of one event, and a takeover of an event that the group still handles', async () => {
    const moves = (name: string, definition = noteWritten) =>
      ({ name, from: { group: groupId }, on: [[definition, ignore]] }) as const;
    const siblings = create();
    siblings.subscribe(moves('one'));
    assert.throws(
      () => siblings.subscribe(moves('two')),
      /subscriptions one and two both take over note\.written from group (service-\d+), .* let two start from \{ group: '\1\.one', shared: true \}/,
    );
    siblings.subscribe(moves('two', noteBurnt));
    siblings.subscribe({ ...moves('three'), from: { group: groupId, shared: true } });
    await siblings.prepare();
    siblings.on(noteWritten, ignore);
    await assert.rejects(
      siblings.prepare(),
      /subscription one takes over note\.written from group service-\d+, which still has a handler .* remove that handler, or add shared: true/,
    );
  });

  it('with an unknown group starts no group of the service, and lists the known groups', async () => {
    const old = startOld();
    await fixture.sendMany(notes(6));
    await untilEnd(groupId);
    await old.stop();
    await fixture.sendMany(notes(6, 100));
    const before = await places(groupId);
    const wrong = create();
    wrong.on(noteBurnt, ignore);
    wrong.subscribe({ name: 'moved', from: { group: 'service-one' }, on: [[noteWritten, keep]] });
    wrong.start();
    const unknown =
      /group service-\d+\.moved takes over from group service-one, .* groups with positions: .*service-/;
    await waitFor(() => wrong.status().every(({ error }) => unknown.test(error ?? '')));
    assert.deepEqual(
      wrong.status().map(({ state }) => state),
      ['joining', 'joining'],
    );
    await wrong.stop();
    assert.deepEqual(await places(groupId), before);
    startNew();
    await untilEnd(`${groupId}.moved`);
    assert.equal((await effects()).length, 12);
  });

  it('with an unknown group in a new database starts at the earliest event', async () => {
    await fixture.sendMany(notes(6));
    await fixture.database('event_positions').delete();
    const consumers = create();
    consumers.on(noteBurnt, ignore);
    const from = { group: `${groupId}.old-report` };
    consumers.subscribe({ name: 'report', from, on: [[noteWritten, keep]] });
    consumers.start();
    await untilEnd(`${groupId}.report`);
    assert.equal((await effects()).length, 6);
  });

  it('with latest receives every event of a partition that is added later', async () => {
    const start = (driver: KafkaDriver): Consumers => {
      const consumers = create({ driver });
      consumers.subscribe({ name: 'saga', from: 'latest', on: [[noteWritten, keep]] });
      consumers.start();
      return consumers;
    };
    // at the first start the topic has two partitions
    const first = start({
      ...fixture.driver,
      async topicOffsets(topic) {
        const offsets = await fixture.driver.topicOffsets(topic);
        return offsets.filter(({ partition }) => partition < 2);
      },
    });
    await untilRunning(first);
    await first.stop();
    assert.equal((await places(`${groupId}.saga`)).length, 2);
    await fixture.sendMany(notes(30));
    start(fixture.driver);
    await untilEnd(`${groupId}.saga`);
    assert.equal((await effects()).length, 30);
  });

  it('retries no parked event before the takeover', async () => {
    const old = startOld(keepUnlessPoison);
    await fixture.send(`${prefix}0`, 'poison');
    await untilEnd(groupId);
    await old.stop();
    await redrive();
    // this group waits for nothing: when it has retried its event, the others have had enough time to retry theirs
    await fixture.database('event_parked_keys').insert({
      ...{ consumer_group: `${groupId}.control`, topic: noteWritten.topic, key: 'control' },
      ...{ state: 'parked', reason: 'bug', error: 'x', attempts: 1, next_try_at: new Date() },
    });
    const { driver, open } = gatedDriver();
    const next = create({ driver });
    next.on(noteBurnt, ignore);
    next.subscribe({ name: 'moved', from: { group: groupId }, on: [[noteWritten, keep]] });
    const control = fixture.consumers({ ...settings, groupId: `${groupId}.control` });
    services.push(control);
    control.on(noteWritten, ignore);
    next.start();
    control.start();
    await waitFor(async () => String(await parkedBy()) === groupId);
    const key = await fixture.database('event_parked_keys').first('attempts', 'error');
    assert.deepEqual(key, { attempts: 1, error: 'TypeError: x is not a function' });
    open();
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual(await effects(), ['poison']);
  });

  it('handles each event once and in key order while the old release runs', async () => {
    startOld();
    await fixture.sendMany(notes(30));
    await waitFor(async () => (await effects()).length > 0);
    const burntNotes: string[] = [];
    const burntHandler: EventHandler<Note> = async ({ data }) => void burntNotes.push(data.text);
    startNew(keep, { burntHandler });
    await waitFor(async () => (await positions(`${groupId}.moved`)).length > 0);
    for (let from = 30; from < 300; from += 30) await fixture.sendMany(notes(30, from));
    await Promise.all([untilEnd(groupId), untilEnd(`${groupId}.moved`)]);
    const rows = await fixture.database<{ key: string; text: string }>('effect').orderBy('id');
    assert.equal(rows.length, 300);
    for (const { key } of notes(6)) {
      const ofKey = rows.filter((row) => row.key === key).map(({ text }) => Number(text));
      assert.deepEqual(
        ofKey,
        notes(300).flatMap((note) => (note.key === key ? [Number(note.text)] : [])),
      );
    }
  });

  it('calls no at-least-once handler for an event that the old release has handled', async () => {
    const calls: string[] = [];
    const call =
      (release: string): EffectHandler<Note> =>
      async ({ subject, data }) => {
        if (subject.startsWith(prefix)) calls.push(`${release} ${data.text}`);
      };
    const old = create();
    old.on(noteWritten, call('old'), { delivery: 'at-least-once' });
    old.start();
    const startMoved = (): Consumers => {
      const consumers = create();
      consumers.subscribe({
        ...{ name: 'moved', from: { group: groupId }, delivery: 'at-least-once' },
        on: [[noteWritten, call('new')]],
      });
      consumers.start();
      return consumers;
    };
    const first = startMoved();
    await untilRunning(first);
    await first.stop();
    await fixture.send(`${prefix}0`, '1');
    await untilEnd(groupId);
    startMoved();
    await untilEnd(`${groupId}.moved`);
    assert.deepEqual(calls, ['old 1']);
  });

  it('takes over an event that the old release parks later', async () => {
    const old = startOld(keepUnlessPoison);
    await untilEnd(groupId);
    const next = create();
    next.subscribe({ name: 'moved', from: { group: groupId }, on: [[noteWritten, keep]] });
    const { database } = fixture;
    // the old release gets the event first: the new one waits for a lock that the old one does not need
    next.start();
    await waitFor(async () => (await positions(`${groupId}.moved`)).length > 0);
    await database.transaction(async (trx) => {
      await trx.raw(`select from event_positions where consumer_group = ? for update`, [`${groupId}.moved`]);
      await fixture.send(`${prefix}0`, 'poison');
      // the old release alone can park it; the new one may take it over before the next look
      await waitFor(async () => (await parkedBy()).length > 0);
    });
    await old.stop();
    await waitFor(async () => (await parkedBy()).includes(`${groupId}.moved`));
    await redrive();
    await waitFor(async () => (await effects()).length === 1);
    await untilEnd(`${groupId}.moved`);
    assert.deepEqual(await effects(), ['poison']);
    assert.deepEqual(await database('event_parked'), []);
    await waitFor(async () => (await parkedBy()).length === 0);
  });

  it('can be replayed after a takeover', async () => {
    const old = startOld();
    await fixture.sendMany(notes(6));
    await untilEnd(groupId);
    await old.stop();
    const group = `${groupId}.moved`;
    startNew();
    await untilEnd(group);
    const offsets = await fixture.driver.topicOffsets(noteWritten.topic);
    const all = offsets.map(({ partition, low }) => ({ partition, position: low }));
    const { topic } = noteWritten;
    await forgetSince(fixture.database, { group, topic, positions: all, since: undefined });
    // a member notices with the next event of a partition
    await fixture.sendMany(notes(6, 100));
    await waitFor(async () => (await effects()).length >= 18);
    await untilEnd(group);
    assert.equal((await effects()).length, 18);
  });

  it('keeps the group from joining before its position is copied', async () => {
    const old = startOld();
    await fixture.sendMany(notes(6));
    await untilEnd(groupId);
    await old.stop();
    const gate = new EventEmitter();
    const order: string[] = [];
    const driver: KafkaDriver = {
      ...fixture.driver,
      async committedOffsets(group, topics) {
        if (order.length === 0) await once(gate, 'open');
        order.push(`asked for ${group}`);
        return fixture.driver.committedOffsets(group, topics);
      },
      createMember(options, events) {
        const member = fixture.driver.createMember(options, events);
        const join = (): Promise<void> => {
          order.push(`joins ${options.groupId}`);
          return member.join();
        };
        return { ...member, join };
      },
    };
    await fixture.sendMany(notes(6, 100));
    startNew(keep, { driver });
    await waitFor(() => gate.listenerCount('open') > 0 || order.length > 0);
    gate.emit('open');
    await Promise.all([untilEnd(groupId), untilEnd(`${groupId}.moved`)]);
    assert.equal(order[0], `asked for ${groupId}`);
    assert.equal((await effects()).length, 12);
  });

  it('with a group takes only its own events from the queue of a parked key', async () => {
    const old = create();
    const fail: EventHandler<Note> = async () => {
      throw new TypeError('x is not a function');
    };
    old.on(noteWritten, keep);
    old.on(noteBurnt, fail);
    old.start();
    await fixture.send(`${prefix}0`, 'burnt', burnt);
    await fixture.send(`${prefix}0`, 'behind');
    await untilEnd(groupId);
    await old.stop();
    startNew(keep, { burntHandler: fail });
    await waitFor(async () => (await effects()).length === 1);
    assert.deepEqual(await effects(), ['behind']);
    assert.deepEqual(await fixture.database('event_parked').pluck('type'), [noteBurnt.type]);
    assert.deepEqual(await parkedBy(), [groupId]);
  });

  it('keeps no claim in the other group on an event that a batch did not handle', async () => {
    const { database } = fixture;
    const of = { groupId: `${groupId}.moved`, topic: noteWritten.topic, partition: 0 };
    const handlers = createGroupHandlers();
    handlers.add(noteWritten, { delivery: 'exactly-once', handler: keep });
    const messages = ['0', '1', '2'].map((offset) => ({
      ...{ topic: of.topic, partition: 0, offset, key: 'a', value: JSON.stringify({ text: offset }) },
      headers: { ce_id: offset, ce_source: 'test', ce_type: noteWritten.type },
    }));
    const takeover = createTakeover({ group: groupId }, [noteWritten]);
    await handleBatch(
      () => messages,
      await createPosition(database, of, 0),
      () => true,
      { database, handlers, of, settings: defaultSettings(fixture.config), takeover },
    );
    const claimed = await database('event_inbox')
      .orderBy('consumer_group')
      .select('consumer_group', 'event_id');
    assert.deepEqual(claimed, [
      { consumer_group: groupId, event_id: '0' },
      { consumer_group: of.groupId, event_id: '0' },
    ]);
  });
});
