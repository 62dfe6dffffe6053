import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { defineEvent, type ReceivedEvent } from '../../../src/runtime/events/event/definition.ts';
import type { BatchHandler, EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { burnt, createFixture, noteBurnt, noteWritten, type Fixture, type Note } from './consumer-fixture.ts';

const ignore = async (): Promise<void> => {};
/** Parked events wait for a redrive, which is noticed soon. */
const settings = { parkDelay: { first: 600_000, max: 600_000 }, parkedPoll: 50 };

describe('bus.subscribe with a name', () => {
  let fixture: Fixture;
  /** A prefix for the running test, so that no test receives the events of another test. */
  let groupId: string;
  let key: string;
  let tests = 0;
  const services: Consumers[] = [];
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });
  beforeEach(async () => {
    tests += 1;
    await fixture.deleteRecords();
    groupId = `service-${tests}`;
    key = `key-${tests}`;
    await fixture.database('effect').delete();
  });

  const texts = async (of: string): Promise<string[]> =>
    fixture.database('effect').where({ key: of }).orderBy('id').pluck('text');
  const position = async (group: string): Promise<number> =>
    Number(
      (await fixture.database('event_positions').where('consumer_group', group).first())?.position ?? -1,
    );
  const end = async (): Promise<number> =>
    (await fixture.driver.topicOffsets(noteWritten.topic))[0]?.high ?? 0;
  const untilEnd = (group: string): Promise<unknown> =>
    waitFor(async () => (await position(group)) === (await end()), { message: `${group} at the end` });

  /** Writes the events of this test under the name of the subscription. */
  const keepAs =
    (name: string): EventHandler<Note> =>
    async ({ subject, data }, trx) => {
      if (!subject.startsWith(key)) return;
      await trx('effect').insert({ key: name, text: data.text });
      if (data.text.startsWith(`poison of ${name}`)) throw new TypeError('x is not a function');
    };
  function create(registry = new Registry()): Consumers {
    const service = fixture.consumers({ ...settings, groupId, registry }, [noteWritten, noteBurnt]);
    services.push(service);
    return service;
  }

  it('delivers an event to each subscription independently, in a group of its own', async () => {
    const registry = new Registry();
    const consumers = create(registry);
    consumers.on(noteWritten, keepAs('default'));
    consumers.subscribe({ name: 'mail', from: 'earliest', on: [[noteWritten, keepAs('mail')]] });
    consumers.subscribe({ name: 'report', from: 'earliest', on: [[noteWritten, keepAs('report')]] });
    await fixture.sendMany(['1', 'poison of mail', '3'].map((text) => ({ key, text })));
    consumers.start();
    const groups = [groupId, `${groupId}.mail`, `${groupId}.report`];
    assert.deepEqual(consumers.groups(), groups);
    await Promise.all(groups.map(untilEnd));
    assert.deepEqual(await texts('default'), ['1', 'poison of mail', '3']);
    assert.deepEqual(await texts('report'), ['1', 'poison of mail', '3']);
    assert.deepEqual(await texts('mail'), ['1']);
    const metrics = await registry.getSingleMetricAsString('microservice_consumer_handled_total');
    for (const group of groups) assert.match(metrics, new RegExp(`group="${group}",topic="note.events"`));
    const parked = await fixture.database('event_parked_keys').where({ key }).pluck('consumer_group');
    assert.deepEqual(parked, [`${groupId}.mail`]);
    assert.deepEqual(
      consumers.status().map(({ group, state }) => [group, state]),
      groups.map((group) => [group, 'running']),
    );
  });

  it('passes an idempotency key with at-least-once delivery, and no past events', async () => {
    const consumers = create();
    const keys: string[] = [];
    await fixture.send(key, 'past');
    consumers.subscribe({
      name: 'mail',
      on: [[noteWritten, async (_event, idempotencyKey) => void keys.push(idempotencyKey)]],
      delivery: 'at-least-once',
    });
    consumers.start();
    await waitFor(async () => (await position(`${groupId}.mail`)) >= 0);
    const id = await fixture.send(key, 'now');
    await untilEnd(`${groupId}.mail`);
    assert.deepEqual(keys, [`test/${id}`]);
  });

  it('takes the locks of all events of a batch before its first handler', async () => {
    const consumers = create();
    const calls: string[] = [];
    consumers.subscribePlanned({
      name: 'saga',
      from: 'earliest',
      handlers: [
        [
          noteWritten,
          {
            delivery: 'exactly-once',
            handler: async (event) => void calls.push(`handle ${(event.data as Note).text}`),
            locks: {
              names: ({ data }) => [(data as Note).text],
              take: async (_trx, names) => void calls.push(`lock ${names.join(' ')}`),
            },
          },
        ],
      ],
    });
    await fixture.sendMany(['1', '2'].map((text) => ({ key, text })));
    consumers.start();
    await untilEnd(`${groupId}.saga`);
    assert.deepEqual(calls, ['lock 1 2', 'handle 1', 'handle 2']);
  });

  it('passes consecutive events of one type to a batch handler', async () => {
    const consumers = create();
    const runs: string[][] = [];
    const note: BatchHandler<Note> = async (events: readonly ReceivedEvent<Note>[]) => {
      const ours = events.filter(({ subject }) => subject.startsWith(key));
      if (ours.length > 0) runs.push(ours.map(({ data }) => data.text));
    };
    consumers.subscribe({
      name: 'report',
      from: 'earliest',
      on: [[noteBurnt, async (event) => note([event], undefined as never)]],
      onBatch: [[noteWritten, note]],
    });
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key, text })));
    await fixture.send(key, 'burnt', burnt);
    await fixture.send(key, 'passed over', { headers: { ce_type: 'note.lost' } });
    await fixture.sendMany(['4', '5'].map((text) => ({ key, text })));
    consumers.start();
    await untilEnd(`${groupId}.report`);
    assert.deepEqual(runs, [['1', '2', '3'], ['burnt'], ['4', '5']]);
  });

  it('passes the events of a failed batch again one by one, and parks the event that fails', async () => {
    const consumers = create();
    const poisonous: string[] = [];
    consumers.subscribe({
      name: 'report',
      from: 'earliest',
      onBatch: [
        [
          noteWritten,
          async (events, trx) => {
            const ours = events.filter(({ subject }) => subject.startsWith(key));
            if (ours.length === 0) return;
            const rows = ours.map(({ subject, data }) => ({ key: subject, text: data.text }));
            await trx('effect').insert(rows);
            if (!ours.some(({ data }) => data.text === 'poison')) return;
            poisonous.push(ours.map(({ data }) => data.text).join());
            throw new TypeError('x is not a function');
          },
        ],
      ],
    });
    const notes = ['1', 'poison', '3', '4'].map((text) => ({ key, text }));
    await fixture.sendMany([...notes, { key: `${key}-other`, text: '5' }]);
    consumers.start();
    await untilEnd(`${groupId}.report`);
    assert.deepEqual(poisonous, ['1,poison,3,4,5', 'poison']);
    assert.deepEqual(await texts(key), ['1']);
    assert.deepEqual(await texts(`${key}-other`), ['5']);
    const queue = await fixture.database('event_parked').where({ key }).orderBy('id').pluck('position');
    assert.equal(queue.length, 3);
    await fixture
      .database('event_parked_keys')
      .where({ key })
      .update({ next_try_at: new Date(), state: 'parked' });
    await waitFor(() => poisonous.length === 3);
    assert.equal(poisonous[2], 'poison', 'a parked event is handed over alone');
  });

  it('passes batches to a handler of the default subscription', async () => {
    const consumers = create();
    const sizes: number[] = [];
    consumers.onBatch(noteWritten, async (events) => {
      sizes.push(events.filter(({ subject }) => subject.startsWith(key)).length);
    });
    await fixture.sendMany(['1', '2', '3'].map((text) => ({ key, text })));
    consumers.start();
    await untilEnd(groupId);
    assert.deepEqual(sizes, [3]);
  });

  it('rejects each invalid subscription with one clear error', () => {
    const consumers = create();
    const stranger = defineEvent<Note>({ ...noteWritten, type: 'note.lost' });
    const valid = { name: 'mail', from: 'earliest', on: [[noteWritten, ignore]] } as const;
    const refused = (subscription: object, message: RegExp): void =>
      assert.throws(() => consumers.subscribe({ ...valid, ...subscription } as never), message);
    for (const name of ['', 'Mail', 'mail.a', '-mail', 'mail-', '1st', 'a'.repeat(65), undefined])
      refused(
        { name },
        /is not a valid subscription name; use up to 64 lowercase letters, digits and hyphens/,
      );
    refused({ on: [] }, /subscription mail has no handlers; name an event in `on` or `onBatch`/);
    refused({ on: [[stranger, ignore]] }, /note\.lost version 1 .* contracts\.consumed/);
    refused({ onBatch: valid.on }, /note\.written already has a handler in subscription mail; call both/);
    refused({ from: undefined }, /subscription mail does not say where it starts; add `from`/);
    refused(
      { from: 'start' },
      /subscription mail starts from "start"; use 'earliest', 'latest' or \{ group \}/,
    );
    refused({ from: null }, /subscription mail starts from null; use/);
    refused({ from: { group: '' } }, /subscription mail starts from \{"group":""\}; use/);
    refused({ from: { group: 'x', shared: 'yes' } }, /starts from \{"group":"x","shared":"yes"\}; use/);
    refused({ from: { group: `${groupId}.mail` } }, /subscription mail takes over from itself/);
    refused(
      { delivery: 'at-least-once', on: undefined, onBatch: valid.on },
      /at-least-once delivery each event is passed alone/,
    );
    refused({ delivery: 'twice' }, /subscription mail has the delivery "twice"; use/);
    // nothing of the refused subscriptions remains
    consumers.subscribe(valid);
    refused({}, /subscription mail already exists; give each subscription a different name/);
    assert.throws(
      () => consumers.subscribe({ topics: ['t'], groupId: `${groupId}.mail`, handler: ignore }),
      /group service-\d+\.mail belongs to subscription mail; use another groupId/,
    );
    consumers.subscribe({ topics: ['t'], groupId: `${groupId}.audit`, handler: ignore });
    refused({ name: 'audit' }, /group service-\d+\.audit already has handlers; .* or give it another name/);
    consumers.onBatch(noteBurnt, ignore);
    assert.throws(() => consumers.on(noteBurnt, ignore), /note\.burnt already has a handler/);
    consumers.start();
    refused({ name: 'late' }, /the bus has already started; add subscriptions before it starts/);
  });

  it('rejects subscriptions that take over from each other', () => {
    const consumers = create();
    const take = (name: string, from: string): void =>
      consumers.subscribe({ name, from: { group: `${groupId}.${from}` }, on: [[noteWritten, ignore]] });
    take('one', 'two');
    take('two', 'three');
    assert.throws(
      () => take('three', 'one'),
      /subscription three takes over from a group that takes over from service-\d+\.three; change from/,
    );
  });
});
