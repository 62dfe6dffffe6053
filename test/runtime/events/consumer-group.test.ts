import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { handleBatch } from '../../../src/runtime/events/consumer/batch.ts';
import { createGroupHandlers } from '../../../src/runtime/events/handling/handlers.ts';
import { PositionMovedError } from '../../../src/runtime/events/handling/failure.ts';
import { claimEvents } from '../../../src/runtime/events/inbox/inbox.ts';
import { createConsumerMetrics } from '../../../src/runtime/events/handling/metrics.ts';
import { openPartition } from '../../../src/runtime/events/consumer/partition.ts';
import { startPositions } from '../../../src/runtime/events/consumer/start-positions.ts';
import { defaultSettings } from '../../../src/runtime/events/handling/settings.ts';
import { createSemaphore } from '../../../src/runtime/async/semaphore.ts';
import { createPosition, readPosition, resetPosition } from '../../../src/runtime/events/inbox/positions.ts';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

const held = (consumers: Consumers): number => consumers.status()[0]?.partitions.length ?? 0;
const never = (): boolean => false;
const isSubset = (part = new Set<number>(), whole = new Set<number>()): boolean =>
  [...part].every((each) => whole.has(each));

/** Messages at offsets 0, 1 and 2, whose keys and ids are their offsets. */
const threeMessages = ['0', '1', '2'].map((offset) => ({
  topic: 'note.events',
  partition: 0,
  offset,
  key: offset,
  value: '{}',
  headers: { ce_id: offset, ce_type: 'x.y', ce_source: 's' },
}));

describe('several replicas of a consumer', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(6)));
  after(() => fixture.close());

  function replica(): Consumers {
    const consumers = fixture.consumers();
    consumers.on(noteWritten, ({ subject, data }, trx) =>
      trx('effect').insert({ key: subject, text: data.text }),
    );
    consumers.start();
    return consumers;
  }

  const count = async (): Promise<number> =>
    Number((await fixture.database('effect').count({ count: '*' }).first())?.['count']);

  it('share the partitions, and reassign them when a replica starts or stops: each event once, in order per key', async () => {
    let sent = 0;
    const send = async (notes: number): Promise<void> => {
      await fixture.sendMany(
        Array.from({ length: notes }, (_, index) => ({ key: `k${index % 20}`, text: String(sent + index) })),
      );
      sent += notes;
    };
    const first = replica();
    await send(500);
    const second = replica();
    for (let round = 0; round < 20; round += 1) await send(100);
    await waitFor(() => held(first) === 3 && held(second) === 3);
    await send(500);
    await first.stop();
    await send(500);
    await waitFor(async () => (await count()) >= sent);
    const rows = await fixture.database<{ key: string; text: string }>('effect').orderBy('id');
    assert.equal(rows.length, sent);
    for (let key = 0; key < 20; key += 1) {
      const ofKey = rows.filter((row) => row.key === `k${key}`).map(({ text }) => Number(text));
      assert.deepEqual(
        ofKey,
        ofKey.toSorted((a, b) => a - b),
      );
    }
    assert.equal(held(second), 6);
  });
});

describe('a replica that stays', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(12)));
  after(() => fixture.close());

  function replica(): Consumers {
    const consumers = fixture.consumers();
    consumers.on(noteWritten, async () => {});
    consumers.start();
    return consumers;
  }

  const partitionsOf = (consumers: Consumers): Set<number> =>
    new Set(consumers.status()[0]?.partitions.map(({ partition }) => partition));
  const evenly = (replicas: Consumers[]): Promise<boolean> =>
    waitFor(() => replicas.every((each) => held(each) === 12 / replicas.length));

  it('keeps its partitions, except those that a new replica gets, and gets those of a stopped replica', async () => {
    const stays = [replica(), replica()];
    await evenly(stays);
    const before = stays.map(partitionsOf);
    const comes = replica();
    await evenly([...stays, comes]);
    const between = stays.map(partitionsOf);
    between.forEach((kept, index) => assert.ok(isSubset(kept, before[index])));
    await comes.stop();
    await evenly(stays);
    stays.forEach((each, index) => assert.ok(isSubset(between[index], partitionsOf(each))));
  });
});

describe('a partition with two owners', () => {
  const settings = {
    handlerTimeout: 5_000,
    parkedKeys: 10,
    parkDelay: { first: 1_000, max: 1_000 },
    parkedTries: 3,
  };
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());

  it('is handled by only one of them, and its position never goes back', async () => {
    const of = { groupId: 'g', topic: 'note.events', partition: 0 };
    const handlers = createGroupHandlers();
    handlers.addTopics(['note.events'], ({ subject }, trx) => trx('effect').insert({ text: subject }));
    const start = await createPosition(fixture.database, of, 0);
    const options = { database: fixture.database, handlers, of, settings };
    const [one, two] = await Promise.allSettled([
      handleBatch(() => threeMessages, start, never, options),
      handleBatch(() => threeMessages.slice(0, 2), start, never, options),
    ]);
    assert.deepEqual([one.status, two.status].toSorted(), ['fulfilled', 'rejected']);
    const loser = [one, two].find((each) => each.status === 'rejected');
    assert.ok(loser?.reason instanceof PositionMovedError);
    const { found } = loser.reason;
    assert.ok(found && found.position >= 2);
    await handleBatch(() => threeMessages.slice(found.position), found, never, options);
    assert.deepEqual(await fixture.database('effect').orderBy('id').pluck('text'), ['0', '1', '2']);
    assert.equal((await createPosition(fixture.database, of, 0)).position, 3);
    await resetPosition(fixture.database, of, { position: 3, resets: 0 }, 0);
    await assert.rejects(
      handleBatch(() => threeMessages, { position: 3, resets: 0 }, never, options),
      PositionMovedError,
    );
  });

  it('continues without an owner that died or hangs in its transaction', async () => {
    const { database } = fixture;
    const of = { groupId: 'd', topic: 'note.events', partition: 0 };
    const known = await createPosition(database, of, 0);
    const claim = { of, known, next: 1, events: [], statementTimeout: 100 };
    const dead = await database.transaction();
    await claimEvents(dead, claim);
    const moved = await database.transaction((trx) => claimEvents(trx, claim));
    assert.ok(moved, 'the dead owner has moved the position');
    await assert.rejects(async () => dead.raw('select 1'));
    await dead.rollback().catch(() => {});
  });

  it('keeps the position when an owner handles messages that it fetched before another one continued', async () => {
    const of = { groupId: 'f', topic: 'note.events', partition: 0 };
    const { database, logger } = fixture;
    const handlers = createGroupHandlers();
    handlers.addTopics(['note.events'], async () => {});
    const start = await createPosition(database, of, 0);
    const partition = openPartition(start, 3, {
      ...{
        database,
        logger,
        handlers,
        of,
        slots: createSemaphore(1),
        settings: defaultSettings(fixture.config),
      },
      metrics: createConsumerMetrics(new Registry())('f'),
      pause: () => {},
      resume: () => {},
      fetchFrom: () => {},
      stale: () => {},
      parked: () => {},
    });
    await handleBatch(() => threeMessages, start, never, { database, handlers, of, settings });
    const fetched = { topic: of.topic, partition: of.partition, end: 3, logEnd: 3 };
    partition.receive({ ...fetched, from: 0, next: 1, messages: threeMessages.slice(0, 1) });
    await waitFor(() => partition.status().position === 3);
    partition.receive({ ...fetched, from: 1, next: 2, messages: threeMessages.slice(1, 2) });
    await waitFor(() => partition.isIdle());
    await partition.close();
    assert.deepEqual(await readPosition(database, of), { position: 3, resets: 0 });
  });

  it('fetches the messages again that are missing before the received ones', async () => {
    const of = { groupId: 'l', topic: 'note.events', partition: 0 };
    const { database, logger } = fixture;
    const handlers = createGroupHandlers();
    const handled: string[] = [];
    handlers.addTopics(['note.events'], ({ subject }) => Promise.resolve(handled.push(subject)));
    const asked: number[] = [];
    const partition = openPartition(await createPosition(database, of, 0), 3, {
      ...{
        database,
        logger,
        handlers,
        of,
        slots: createSemaphore(1),
        settings: defaultSettings(fixture.config),
      },
      metrics: createConsumerMetrics(new Registry())('l'),
      pause: () => {},
      resume: () => {},
      fetchFrom: (offset) => asked.push(offset),
      stale: () => {},
      parked: () => {},
    });
    const log = { topic: of.topic, partition: of.partition, end: 3, logEnd: 3, next: 3 };
    partition.receive({ ...log, from: 1, messages: threeMessages.slice(1) });
    assert.deepEqual([asked, handled], [[0], []]);
    partition.receive({ ...log, from: 0, messages: threeMessages });
    await waitFor(() => partition.status().position === 3);
    assert.equal(handled.length, 3);
    await partition.close();
  });

  it('stores a position behind offsets without a message, such as the end of a transaction', async () => {
    const of = { groupId: 'k', topic: 'note.events', partition: 0 };
    const { database, logger } = fixture;
    const handlers = createGroupHandlers();
    handlers.addTopics(['note.events'], async () => {});
    const stale: string[] = [];
    const open = async () =>
      openPartition(await createPosition(database, of, 0), 5, {
        ...{
          database,
          logger,
          handlers,
          of,
          slots: createSemaphore(1),
          settings: defaultSettings(fixture.config),
        },
        metrics: createConsumerMetrics(new Registry())('k'),
        pause: () => {},
        resume: () => {},
        fetchFrom: () => {},
        stale: (reason) => stale.push(reason),
        parked: () => {},
      });
    const partition = await open();
    const other = await open();
    const log = { topic: of.topic, partition: of.partition, end: 5, logEnd: 5 };
    partition.receive({ ...log, from: 0, next: 4, messages: threeMessages });
    await partition.storePosition();
    await waitFor(() => partition.status().lag === 1);
    partition.receive({ ...log, from: 4, next: 5, messages: [] });
    assert.equal(partition.status().lag, 0);
    await partition.storePosition();
    assert.deepEqual(await readPosition(database, of), { position: 5, resets: 0 });
    assert.equal(partition.status().position, 5);
    other.receive({ ...log, from: 0, next: 2, messages: [] });
    await other.storePosition();
    assert.equal(other.status().position, 5, 'it follows the member that went on');
    assert.deepEqual(await readPosition(database, of), { position: 5, resets: 0 });
    assert.deepEqual(stale, []);
    await Promise.all([partition.close(), other.close()]);
  });

  it('commits the handled events, and records no more, when the batch is stopped', async () => {
    const of = { groupId: 'h', topic: 'note.events', partition: 0 };
    const handlers = createGroupHandlers();
    handlers.addTopics(['note.events'], async () => {});
    const start = await createPosition(fixture.database, of, 0);
    const options = { database: fixture.database, handlers, of, settings };
    const result = await handleBatch(
      () => threeMessages,
      start,
      () => true,
      options,
    );
    assert.equal(result.position.position, 1);
    assert.deepEqual(await fixture.database('event_inbox').where('consumer_group', 'h').pluck('event_id'), [
      '0',
    ]);
  });
});

describe('several groups of a service', () => {
  let fixture: Fixture;
  before(async () => (fixture = await createFixture(1)));
  after(() => fixture.close());

  it('share the database connections of consumers', async () => {
    const consumers = fixture.consumers({ concurrency: 1 });
    const handled: string[] = [];
    let active = 0;
    let most = 0;
    for (const groupId of ['one', 'two']) {
      consumers.subscribe({
        topics: [noteWritten.topic],
        groupId,
        async handler(_, trx) {
          most = Math.max(most, (active += 1));
          await trx.raw('select pg_sleep(0.01)');
          active -= 1;
          handled.push(groupId);
        },
      });
    }
    await fixture.sendMany(Array.from({ length: 50 }, (_, n) => ({ key: 'a', text: String(n) })));
    consumers.start();
    await waitFor(() => handled.length === 100);
    assert.equal(most, 1);
  });
});

describe('the position of a group', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  async function consumedFrom(): Promise<{ texts: string[]; consumers: Consumers }> {
    const texts: string[] = [];
    const consumers = fixture.consumers();
    consumers.on(noteWritten, async ({ data }) => void texts.push(data.text));
    consumers.start();
    await fixture.send('a', 'last');
    await waitFor(() => texts.includes('last'));
    return { texts, consumers };
  }

  const of = { groupId: 'note-service-consumer', topic: 'note.events', partition: 0 };
  const sendThree = (): Promise<void> =>
    fixture.sendMany(['0', '1', '2'].map((text) => ({ key: 'a', text })));

  it('is the start of the log for a new group', async () => {
    await sendThree();
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['0', '1', '2', 'last']);
  });

  it('is the one in PostgreSQL, whatever offset Kafka has', async () => {
    await sendThree();
    await createPosition(fixture.database, of, 2);
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['2', 'last']);
  });

  it('is the offset in Kafka if PostgreSQL has none', async () => {
    await sendThree();
    const { consumers } = await consumedFrom();
    await consumers.stop();
    assert.deepEqual(await fixture.driver.committedOffsets(of.groupId, [of.topic]), [
      { topic: of.topic, partition: 0, offset: 4 },
    ]);
    await fixture.database('event_positions').delete();
    await fixture.database('event_inbox').delete();
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['last']);
  });

  it('is reset to the start of the log, with an error in the log, if it is beyond the end', async () => {
    await sendThree();
    await createPosition(fixture.database, of, 1_000);
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['0', '1', '2', 'last']);
    const error = fixture.log.find(({ level }) => level === 'error');
    assert.match(
      error?.msg ?? '',
      /was at 1000 in note\.events\/0, whose log has offsets 0 to [34]: the data .* continuing at 0/,
    );
    const row = (): Promise<unknown> => fixture.database('event_positions').first('position', 'resets');
    await waitFor(async () => isDeepStrictEqual(await row(), { position: '4', resets: 1 }));
  });

  const errors = (): string[] => fixture.log.flatMap(({ level, msg }) => (level === 'error' ? [msg] : []));

  it('is reset to the start of a recreated topic that has more events, with an error in the log', async () => {
    await sendThree();
    const { consumers } = await consumedFrom();
    await consumers.stop();
    await withAdmin(fixture.config.kafka.bootstrapServers.join(), async (admin) => {
      await admin.deleteTopics({ topics: [of.topic] });
      await admin.createTopics({ topics: [{ topic: of.topic, numPartitions: 1 }] });
    });
    await fixture.database('event_positions').update({ topic_id: null });
    await fixture.sendMany(['3', '4', '5', '6', '7'].map((text) => ({ key: 'a', text })));
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['3', '4', '5', '6', '7', 'last']);
    assert.match(
      errors()[0] ?? '',
      /was at 4 in .* this is a different log.* record at offset 3 .* continuing at 0/,
    );
  });

  it('is kept if the record that identifies the log is deleted', async () => {
    await sendThree();
    const { consumers } = await consumedFrom();
    await consumers.stop();
    await fixture.sendMany([{ key: 'a', text: '4' }]);
    await withAdmin(fixture.config.kafka.bootstrapServers.join(), async (admin) => {
      await admin.fetchTopicOffsets(of.topic);
      await admin.deleteTopicRecords({ topic: of.topic, partitions: [{ partition: 0, offset: '4' }] });
    });
    const { texts } = await consumedFrom();
    assert.deepEqual(texts, ['4', 'last']);
    assert.deepEqual(errors(), []);
  });

  it('is reset if the topic has another id, and the new id is stored', async () => {
    const { database, driver, logger } = fixture;
    const metrics = createConsumerMetrics(new Registry())(of.groupId);
    const starts = async (id: string) => {
      const topicIds = () => Promise.resolve(new Map([[of.topic, id]]));
      const [start] = await startPositions([of], {
        database,
        driver,
        groupId: of.groupId,
        logger,
        metrics,
        topicIds,
      });
      return start && { position: start.start.position, resets: start.start.resets };
    };
    await sendThree();
    await createPosition(database, of, 2);
    assert.deepEqual(await starts('first'), { position: 2, resets: 0 });
    assert.deepEqual(await starts('second'), { position: 0, resets: 1 });
    assert.match(errors()[0] ?? '', /the id of the topic was first and is second; continuing at 0/);
    assert.deepEqual(await starts('second'), { position: 0, resets: 1 });
    assert.equal(errors().length, 1);
  });
});
