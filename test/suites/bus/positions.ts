import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';
import { isLoud } from './order-world.ts';
import { withAdmin } from './raw-kafka.ts';

export function positionBehaviour({ world, broker }: Suite): void {
  it('is that of PostgreSQL when Kafka forgot the group', async () => {
    const { startPublisher, startConsumer, change, effectsOf, copies, groupId } = world();
    const publisher = await startPublisher();
    const first = await startConsumer();
    await change(publisher, 'a', 3);
    await effectsOf(3);
    await first.stop();
    await withAdmin(broker().bootstrapServers, (admin) => admin.deleteGroups([groupId]));
    // without the inbox, only the position stands between the group and doubles
    await copies('event_inbox').delete();
    await change(publisher, 'a');
    await startConsumer();
    assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
  });

  it('is taken from Kafka when the database has none', async () => {
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

  it('beyond the end of the topic is set back, loudly, and nothing is handled twice', async () => {
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

  it('beyond the end is set back to the start of a topic that was made anew', async () => {
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

  it('before the start of the log is set to it, loudly, when events were deleted unread', async () => {
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
    assert.match(loud[0] ?? '', /was at 3 in .* holds 5 to 6/);
  });
}
