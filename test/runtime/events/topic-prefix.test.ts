import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { type KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createFixture, type Fixture } from './consumer-fixture.ts';

describe('a driver with KAFKA_TOPIC_PREFIX', () => {
  let fixture: Fixture;
  let bare: KafkaDriver;
  let prefixed: KafkaDriver;

  before(async () => {
    fixture = await createFixture(1);
    const driver = (topicPrefix: string) =>
      createKafkaDriver(
        { ...fixture.config.kafka, topicPrefix },
        { clientId: 'test', logger: fixture.logger },
      );
    bare = driver('');
    prefixed = driver('blue.');
  });
  after(async () => {
    await Promise.all([bare.close(), prefixed.close()]);
    await fixture.close();
  });

  const message = { topic: 'things', key: 'a', value: '{}', headers: {} };

  it('names topics and groups with the prefix to Kafka, and without it to the service', async () => {
    await prefixed.ensureTopics(['things']);
    assert.deepEqual(await prefixed.listTopics(), ['things']);
    assert.ok((await bare.listTopics()).includes('blue.things'));
    assert.ok(!(await bare.listTopics()).includes('things'));

    const sender = prefixed.createSender();
    await sender.send([message]);
    await sender.close();
    assert.deepEqual(await prefixed.topicOffsets('things'), [{ partition: 0, low: 0, high: 1 }]);
    assert.deepEqual(await bare.topicOffsets('blue.things'), [{ partition: 0, low: 0, high: 1 }]);
    assert.deepEqual(await prefixed.offsetsAt('things', Date.now() + 60_000), [{ partition: 0, offset: 1 }]);
    assert.equal(await prefixed.topicRetention('things'), await bare.topicRetention('blue.things'));
  });

  it('assigns, fetches and commits by names without the prefix', async () => {
    await prefixed.ensureTopics(['things']);
    const sender = prefixed.createSender();
    await sender.send([message]);
    await sender.close();
    const seen: string[] = [];
    const member = prefixed.createMember(
      { groupId: 'readers', topics: ['things'], sessionTimeout: 10_000 },
      {
        assigned: (partitions) => partitions.forEach((at) => member.fetchFrom(at, 0)),
        fetched: ({ topic, messages }) => seen.push(topic, ...messages.map((each) => each.topic)),
        lost: (error) => seen.push(error.message),
      },
    );
    try {
      await member.join();
      await waitFor(() => seen.length > 1);
      assert.deepEqual([...new Set(seen)], ['things']);
      assert.deepEqual(member.owned(), [{ topic: 'things', partition: 0 }]);
      await member.commit([{ topic: 'things', partition: 0, position: 1 }]);
    } finally {
      await member.leave();
    }
    const committed = [{ topic: 'things', partition: 0, offset: 1 }];
    assert.deepEqual(await prefixed.committedOffsets('readers', ['things']), committed);
    assert.deepEqual(await bare.committedOffsets('blue.readers', ['blue.things']), [
      { ...committed[0], topic: 'blue.things' },
    ]);
    const { groups } = await withAdmin(fixture.config.kafka.bootstrapServers.join(), (admin) =>
      admin.listGroups(),
    );
    assert.deepEqual(
      groups.map(({ groupId }) => groupId).filter((group) => group.includes('readers')),
      ['blue.readers'],
    );
  });
});
