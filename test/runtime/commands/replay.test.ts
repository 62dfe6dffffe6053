import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { forgetSince } from '../../../src/runtime/events/operations/replay.ts';
import type { EventHandler } from '../../../src/runtime/events/handling/handler.ts';
import { createFixture, noteWritten, type Fixture, type Note } from '../events/consumer-fixture.ts';
import { runHere } from './operated-service.ts';
import { registerVersions } from '../../../src/runtime/projections/store/versions.ts';
import { up as createProjections } from '../../../src/runtime/tables/projections.ts';

const { topic } = noteWritten;
const group = 'note-service-consumer';

interface Document {
  dryRun: boolean;
  group: string;
  since: string | null;
  partitions: { partition: number; from: number; to: number; events: number }[];
  forgotten?: { inbox: number; parked: number };
  environment?: { KAFKA_GROUP_ID: string };
}

describe('microservice-runtime replay', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(2)));
  afterEach(() => fixture.close());

  const run = (...args: string[]) =>
    runHere(['replay', ...args], '.', {
      SERVICE_NAME: 'note-service',
      DATABASE_URL: fixture.config.databaseUrl,
      KAFKA_BOOTSTRAP_SERVERS: String(fixture.config.kafka.bootstrapServers),
    });
  async function json(...args: string[]): Promise<Document> {
    const { code, stdout, stderr } = await run(...args, '--json');
    assert.equal(code, 0, stderr);
    const document: Document = JSON.parse(stdout);
    return document;
  }

  const textsOf = (rows: { text: string }[]): string[] => rows.map(({ text }) => text);
  const effects = async (): Promise<string[]> =>
    textsOf(await fixture.database('effect').orderBy('id').select('text'));
  const untilEffects = (count: number): Promise<unknown> =>
    waitFor(async () => (await effects()).length >= count, { message: `${count} effects` });
  const positions = (of: string): Promise<{ partition: number; position: string; resets: number }[]> =>
    fixture.database('event_positions').where({ consumer_group: of, topic }).orderBy('partition').select();
  const parked = (): Promise<string[]> => fixture.database('event_parked').orderBy('id').pluck('event_id');

  /** A replica that records the events that it handles, in another group if one is named. */
  function consume(groupId?: string): Consumers {
    const consumers = fixture.consumers();
    consumers.subscribe({
      ...{ topics: [topic], groupId },
      handler: async ({ subject, data }, trx) => {
        const text = (data as { text: string }).text;
        await trx('effect').insert({ key: subject, text });
      },
    });
    consumers.start();
    return consumers;
  }

  /** One key, so that all are in one partition and in order. */
  const send = (...texts: string[]) => fixture.sendMany(texts.map((text) => ({ key: 'a', text })));

  /** A time after all events sent so far, and before all later ones. */
  async function now(): Promise<string> {
    const time = Date.now() + 1;
    await waitFor(() => Date.now() > time + 1);
    return new Date(time).toISOString();
  }

  describe('into a new group', () => {
    it('shows the events of each partition, and changes nothing', async () => {
      await send('old', 'older');
      const time = await now();
      await send('new');
      const { code, stdout } = await run(topic, '--from', time);
      assert.equal(code, 0);
      assert.match(stdout, /^PARTITION {2}FROM {2}TO {2}EVENTS\n/);
      assert.match(stdout, /\n +\d +2 +3 +1\n/);
      assert.match(
        stdout,
        /A new group, note-service-consumer-replay-\d{14}, would handle 1 event of note.events from/,
      );
      assert.match(
        stdout,
        /\nnote-service-consumer has not handled any event of note\.events yet\. Without a handler/,
      );
      assert.match(stdout, /Nothing was changed/);
      await fixture
        .database('event_positions')
        .insert({ consumer_group: group, topic, partition: 0, position: 0 });
      assert.doesNotMatch((await run(topic, '--from', time)).stdout, /has not handled any event/);
      const document = await json(topic, '--from', 'beginning', '--group', 'again');
      assert.deepEqual(new Set(document.partitions.map(({ events }) => events)), new Set([0, 3]));
      assert.deepEqual([document.dryRun, document.since, document.group], [true, null, 'again']);
      assert.deepEqual(await positions('again'), []);
    });

    it('creates a group that handles the events since that time, and then new ones', async () => {
      await send('old');
      const time = await now();
      await send('new', 'newer');
      const { stdout } = await run(topic, '--from', time, '--group', 'again', '--yes');
      assert.match(stdout, /\n {2}KAFKA_GROUP_ID=again\n$/);
      consume('again');
      await untilEffects(2);
      await send('last');
      await untilEffects(3);
      assert.deepEqual(await effects(), ['new', 'newer', 'last']);
    });

    it("copies the positions of the service's group in the other topics, and of its subscriptions in all topics", async () => {
      const other = { consumer_group: group, topic: 'other.events' };
      const { database } = fixture;
      await database('event_positions').insert({ ...other, partition: 3, position: 7, resets: 2 });
      await database('event_positions').insert({ consumer_group: group, topic, partition: 0, position: 0 });
      await database('event_inbox').insert([
        { ...other, source: 's', event_id: '1' },
        { consumer_group: group, topic, source: 's', event_id: '2' },
      ]);
      await database('event_parked_keys').insert({
        ...{ ...other, key: 'a', state: 'dead', reason: 'bug', error: 'x', attempts: 12 },
      });
      await database('event_parked').insert({ ...other, key: 'a', headers: {}, event_id: '0' });
      const ofSubscription = { consumer_group: `${group}.mail`, topic };
      await database('event_positions').insert({ ...ofSubscription, partition: 1, position: 5 });
      await database('event_inbox').insert({ ...ofSubscription, source: 's', event_id: '2' });
      const { environment } = await json(topic, '--from', '1h', '--yes');
      const twin = environment?.KAFKA_GROUP_ID;
      const all = { consumer_group: twin };
      assert.deepEqual(
        await database('event_positions')
          .where(all)
          .where('topic', 'other.events')
          .select('partition', 'position'),
        [{ partition: 3, position: '7' }],
      );
      assert.deepEqual(await database('event_inbox').where(all).pluck('event_id'), ['1']);
      assert.deepEqual(await database('event_parked_keys').where(all).pluck('key'), ['a']);
      assert.deepEqual(await database('event_parked').where(all).pluck('event_id'), ['0']);
      const twinOfSubscription = { consumer_group: `${twin}.mail`, topic };
      assert.deepEqual(await database('event_positions').where(twinOfSubscription).pluck('position'), ['5']);
      assert.deepEqual(await database('event_inbox').where(twinOfSubscription).pluck('event_id'), ['2']);
    });

    it('refuses an existing group, an unknown topic, and a time in the future', async () => {
      await fixture
        .database('event_positions')
        .insert({ consumer_group: 'taken', topic: 'x', partition: 0, position: 0 });
      for (const name of ['taken', group]) {
        const { code, stderr } = await run(topic, '--from', '1h', '--group', name, '--yes');
        assert.equal(code, 1);
        assert.match(stderr, new RegExp(`group ${name} already exists; choose another name with --group`));
      }
      await fixture
        .database('event_positions')
        .insert({ consumer_group: 'again.mail', topic: 'x', partition: 0, position: 0 });
      const withTwin = await run(topic, '--from', '1h', '--group', 'again', '--yes');
      assert.equal(withTwin.code, 1);
      assert.match(withTwin.stderr, /group again\.mail already exists; choose another name/);
      const ofSubscription = await run(topic, '--from', '1h', '--group', `${group}.mail`, '--yes');
      assert.equal(ofSubscription.code, 1);
      assert.match(
        ofSubscription.stderr,
        /group .*\.mail has the name of a subscription of note-service-consumer/,
      );
      const unknown = await run('user.events', '--from', '1h', '--yes');
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /Kafka at .* has no topic "user.events"; it has note.events\n/);
      assert.deepEqual(await fixture.driver.listTopics(), [topic]);
      const misuses: [string[], RegExp][] = [
        [[topic, '--from', '2999-01-01T00:00:00Z'], /2999-01-01T00:00:00.000Z is in the future/],
        [[topic, '--from', 'noon'], /"noon" is not a time; write .*Z, an age such as 2h, or beginning/],
        [[topic], /--from is missing/],
        [['--from', '2h'], /TOPIC is missing/],
      ];
      for (const [args, message] of misuses) {
        const { code, stderr } = await run(...args);
        assert.equal(code, 2);
        assert.match(stderr, message);
      }
    });

    it('reports in one line that Kafka does not answer', async () => {
      await fixture.stopBroker();
      const { code, stderr } = await run(topic, '--from', '1h');
      await fixture.startBroker();
      assert.equal(code, 1);
      assert.match(stderr, /^microservice-runtime: Kafka at 127.0.0.1:\d+ does not answer: .*\n$/);
    });
  });

  describe('with --forget', () => {
    it('replays one subscription alone', async () => {
      const consumers = fixture.consumers();
      const keepAs =
        (key: string): EventHandler<Note> =>
        ({ data }, trx) =>
          trx('effect').insert({ key, text: data.text });
      consumers.on(noteWritten, keepAs('default'));
      for (const name of ['mail', 'report'])
        consumers.subscribe({ name, from: 'earliest', on: [[noteWritten, keepAs(name)]] });
      consumers.start();
      await send('1', '2');
      await untilEffects(6);
      const { forgotten } = await json(
        ...[topic, '--from', 'beginning', '--group', `${group}.report`, '--forget', '--yes'],
      );
      assert.deepEqual(forgotten, { inbox: 2, parked: 0 });
      await send('3');
      await untilEffects(11);
      const heard = (key: string) => fixture.database('effect').where({ key }).orderBy('id').pluck('text');
      assert.deepEqual(await heard('report'), ['1', '2', '1', '2', '3']);
      assert.deepEqual(await heard('mail'), ['1', '2', '3']);
      assert.deepEqual(await heard('default'), ['1', '2', '3']);
    });

    it('has a running service handle the events since that time again, once and in order', async () => {
      consume();
      await send('old');
      await untilEffects(1);
      const time = await now();
      await send('new', 'newer');
      await untilEffects(3);
      // the inbox has a margin of an hour, and the old event is not in the part of the log that is read again
      const foreseen = await json(topic, '--from', time, '--forget');
      assert.deepEqual(new Set(foreseen.partitions.map(({ events }) => events)), new Set([0, 2]));
      assert.deepEqual(foreseen.forgotten, { inbox: 3, parked: 0 });
      assert.equal((await effects()).length, 3);
      const { stdout } = await run(topic, '--from', time, '--forget', '--yes');
      assert.match(
        stdout,
        /Group note-service-consumer handles 2 events of note.events again\.\nForgotten: 3 rows of the inbox/,
      );
      await send('last');
      await untilEffects(6);
      assert.deepEqual(await effects(), ['old', 'new', 'newer', 'new', 'newer', 'last']);
      assert.deepEqual(new Set((await positions(group)).map(({ resets }) => resets)), new Set([0, 1]));
    });

    it('forgets parked events that the replay delivers again, and keys without remaining events', async () => {
      const { database } = fixture;
      const consumers = consume();
      await send('0', '1');
      const time = await now();
      await send('2', '3');
      await untilEffects(4);
      await consumers.stop();
      const at = (await positions(group)).find(({ position }) => position === '4')?.partition;
      const of = { consumer_group: group, topic };
      const places: [string, number][] = [
        ['a', 1],
        ['a', 3],
        ['b', 2],
      ];
      for (const key of ['a', 'b'])
        await database('event_parked_keys').insert({
          ...{ ...of, key, state: 'dead', reason: 'bug', error: 'x', attempts: 1 },
        });
      for (const [key, position] of places)
        await database('event_parked').insert({
          ...{ ...of, key, partition: at, position, event_id: `${key}${position}`, headers: {} },
        });
      assert.deepEqual((await json(topic, '--from', time, '--forget')).forgotten, { inbox: 4, parked: 2 });
      assert.deepEqual(await parked(), ['a1', 'a3', 'b2']);
      const document = await json(topic, '--from', time, '--forget', '--yes');
      assert.deepEqual(document.forgotten, { inbox: 4, parked: 2 });
      assert.deepEqual(await parked(), ['a1']);
      assert.deepEqual(await database('event_parked_keys').pluck('key'), ['a']);
    });

    it('never moves a position forward, so that no event is skipped', async () => {
      await send('0', '1');
      const consumers = consume();
      await untilEffects(2);
      await consumers.stop();
      await send('2', '3');
      const time = await now();
      await send('4');
      const before = await positions(group);
      const { stdout } = await run(topic, '--from', time, '--forget', '--yes');
      assert.match(stdout, /Group note-service-consumer has handled no event of note.events since/);
      assert.deepEqual(await positions(group), before);
    });

    it('keeps a position that was set back further meanwhile', async () => {
      const of = { consumer_group: group, topic };
      await fixture.database('event_positions').insert([
        { ...of, partition: 0, position: 3, resets: 1 },
        { ...of, partition: 1, position: 9 },
      ]);
      const back = [0, 1].map((partition) => ({ partition, position: 5 }));
      const since = new Date();
      const forgotten = await forgetSince(fixture.database, { group, topic, positions: back, since });
      assert.deepEqual(forgotten, { positions: 1, inbox: 0, parked: 0 });
      assert.deepEqual(
        (await positions(group)).map(({ position, resets }) => [position, resets]),
        [
          ['3', 1],
          ['5', 1],
        ],
      );
    });

    it('refuses the group of a projection', async () => {
      await createProjections(fixture.database);
      const group = 'note-service-consumer.notes.v1';
      await fixture.database.transaction((trx) =>
        registerVersions(trx, 'notes', [
          { projection: 'notes', version: 1, table: 'notes_v1', group, topics: [topic] },
        ]),
      );
      const { code, stderr } = await run(topic, '--from', 'beginning', '--forget', '--group', group);
      assert.equal(code, 1);
      assert.match(stderr, /group note-service-consumer.notes.v1 belongs to a projection/);
    });

    it('refuses a group that has not begun', async () => {
      await send('0');
      const { code, stderr } = await run(topic, '--from', '1h', '--forget', '--yes');
      assert.equal(code, 1);
      assert.match(stderr, /group note-service-consumer has not handled any event of note.events yet/);
    });
  });
});
