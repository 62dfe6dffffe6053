import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';
import { isLoud } from './order-world.ts';
import { withAdmin } from './raw-kafka.ts';

export function positionBehaviour({ world, broker }: Suite): void {
  it('a group continues at its position in PostgreSQL when Kafka has lost the group', async () => {
    const { startPublisher, startConsumer, change, effectsOf, copies, groupId } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await first.stop();
    await withAdmin(broker().bootstrapServers, (admin) => admin.deleteGroups([groupId]));
    // without the inbox, only the position protects the group from duplicates
    await copies('event_inbox').delete();
    await change(publisher, 'a');
    await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('a group continues at its offset in Kafka when PostgreSQL has no position', async () => {
    const { startPublisher, startConsumer, change, effectsOf, copies } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await first.stop();
    await copies('event_positions').delete();
    await copies('event_inbox').delete();
    await change(publisher, 'a');
    await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('a position beyond the end of the topic is reset and logged, and no event is handled twice', async () => {
    const { startPublisher, startConsumer, change, effectsOf, copies } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await first.stop();
    await copies('event_positions').update({ position: '1000' });
    await change(publisher, 'a');
    const second = await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
    const loud = second.log.filter((line) => isLoud(line) && line.includes('1000'));
    assert.ok(loud.length > 0, `no warning names the position 1000:\n${second.log.join('')}`);
  });

  it('a position beyond the end is reset to the start of a recreated topic', async () => {
    const { startPublisher, startConsumer, change, effectsOf, topic, allSent } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 5);
    await effectsOf(5);
    await Promise.all([first.stop(), publisher.stop()]);
    await withAdmin(broker().bootstrapServers, async (admin) => {
      await admin.deleteTopics({ topics: [topic] });
      await waitFor(async () => !(await admin.listTopics()).includes(topic), { message: 'the topic gone' });
    });
    const next = await startPublisher();
    await change(next, 'a', 2);
    await allSent();
    await startConsumer();
    assert.deepEqual(await effectsOf(7), { a: [1, 2, 3, 4, 5, 6, 7] });
  });

  describe('in a recreated topic that already has more events', () => {
    /** Deletes the topic after 5 events, and fills a new topic of the same name with 7. */
    async function makeAnew(forget: Record<string, null>): Promise<boolean> {
      const { startPublisher, startConsumer, change, effectsOf, copies, topic, allSent } = world();
      const publisher = await startPublisher();
      const first = await startConsumer();
      await change(publisher, 'a', 5);
      await effectsOf(5);
      await Promise.all([first.stop(), publisher.stop()]);
      await copies('event_positions').update(forget);
      const knows = await copies('event_positions').whereNotNull('topic_id').orWhereNotNull('witness_digest');
      await withAdmin(broker().bootstrapServers, async (admin) => {
        await admin.deleteTopics({ topics: [topic] });
        await waitFor(async () => !(await admin.listTopics()).includes(topic), { message: 'the topic gone' });
      });
      const next = await startPublisher();
      await change(next, 'a', 7);
      await allSent();
      return knows.length > 0;
    }

    async function expectAll(words: RegExp): Promise<void> {
      const { startPublisher, startConsumer, change, effectsOf, groupId } = world();
      const second = await startConsumer();
      assert.deepEqual(await effectsOf(12), { a: revisionsTo(12) });
      const loud = second.log.filter(tellsOfDifferentLog);
      assert.match(loud[0] ?? '', words);
      assert.match(await second.bus.registry.metrics(), resetsOf(groupId));
      await second.stop();
      // after this report the group knows this log
      const third = await startConsumer();
      await change(await startPublisher(), 'a');
      assert.deepEqual(await effectsOf(13), { a: revisionsTo(13) });
      assert.deepEqual(third.log.filter(tellsOfDifferentLog), []);
    }

    it('a position is reset to the start and logged when the last handled record has changed', async () => {
      await makeAnew({ topic_id: null });
      await expectAll(/record at offset 4 was written at .*, and the present one at/);
    });

    it('a position is reset to the start and logged when the broker reports another topic id', async function () {
      const isTold = await makeAnew({ witness_offset: null, witness_timestamp: null, witness_digest: null });
      if (isTold) await expectAll(/the id of the topic was \S+ and is \S+/);
      else this.skip();
    });
  });

  it('a position before the start of the log moves to it and is logged when unread events were deleted', async () => {
    const { startPublisher, startConsumer, change, effectsOf, topic, allSent } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await first.stop();
    await change(publisher, 'a', 3);
    await allSent();
    await withAdmin(broker().bootstrapServers, async (admin) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      const partitions = offsets
        .filter(({ high }) => high === '6')
        .map(({ partition }) => ({ partition, offset: '5' }));
      await admin.deleteTopicRecords({ topic, partitions });
    });
    const second = await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 6] });
    const loud = second.log.filter(
      (line) => line.includes('deleted before they were handled') && isLoud(line),
    );
    assert.equal(loud.length, 1);
    assert.match(loud[0] ?? '', /was at 3 in .* has offsets 5 to 6/);
  });
}

const resetsOf = (group: string): RegExp =>
  new RegExp(`microservice_consumer_position_resets_total\\{group="${group}",topic="[^"]+"\\} [1-9]`);

const tellsOfDifferentLog = (line: string): boolean => line.includes('a different log') && isLoud(line);
const revisionsTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
