import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { ConsumerSettings } from '../../../src/runtime/events/handling/settings.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import type { KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import type { GroupMember, MemberEvents } from '../../../src/runtime/events/kafka/member.ts';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

const stateOf = (consumers: Consumers): string | undefined => consumers.status()[0]?.state;

describe('a member of a group that is lost', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await createFixture(1)));
  afterEach(() => fixture.close());

  /** Every member is real, except for the changes of `disturb`; `members` are those created so far. */
  function consume(
    disturb: (member: GroupMember, events: MemberEvents, count: number) => GroupMember,
    settings: Partial<ConsumerSettings>,
    disturbEvents: (events: MemberEvents, count: number) => MemberEvents = (events) => events,
  ) {
    const texts: string[] = [];
    const members: GroupMember[] = [];
    const createMember: KafkaDriver['createMember'] = (options, events) => {
      const count = members.length + 1;
      const member = fixture.driver.createMember(options, disturbEvents(events, count));
      const disturbed = disturb(member, events, count);
      members.push(disturbed);
      return disturbed;
    };
    const registry = new Registry();
    const consumers = fixture.consumers({
      ...settings,
      registry,
      driver: { ...fixture.driver, createMember },
    });
    consumers.on(noteWritten, async ({ data }) => void texts.push(data.text));
    consumers.start();
    return { consumers, texts, members, registry };
  }

  const rebuilt = (pattern: RegExp): boolean =>
    fixture.log.some(({ level, msg }) => level === 'warn' && pattern.test(msg));

  it('is replaced after a crash, and the next one continues', async () => {
    let crash = (): void => {};
    const { consumers, texts, members, registry } = consume((member, events) => {
      crash = () => events.lost(new Error('the fetching crashed'));
      return member;
    }, {});
    await fixture.send('a', '1');
    await waitFor(() => texts.includes('1'));
    crash();
    await fixture.send('a', '2');
    await waitFor(() => texts.includes('2'));
    assert.deepEqual(texts, ['1', '2']);
    assert.equal(members.length, 2);
    assert.equal(stateOf(consumers), 'running');
    assert.ok(rebuilt(/is not consuming: the fetching crashed/));
    assert.match(await registry.metrics(), /microservice_consumer_rebuilds_total\{[^}]+\} 1/);
  });

  it('is replaced when Kafka does not answer', async () => {
    const { texts, members } = consume(
      (member, _, count) => (count === 1 ? { ...member, lastAnswer: () => 0 } : member),
      { silenceTimeout: 2_500 },
    );
    await fixture.send('a', '1');
    await waitFor(() => members.length >= 2 && texts.includes('1'));
    assert.ok(rebuilt(/Kafka did not answer for \d+ ms/));
  });

  it('is replaced when it receives nothing although Kafka has events', async () => {
    const { texts, members } = consume(
      (member) => member,
      { silenceTimeout: 2_500 },
      (events, count) => (count === 1 ? { ...events, fetched: () => {} } : events),
    );
    await fixture.send('a', '1');
    await waitFor(() => texts.includes('1'));
    assert.ok(members.length >= 2);
    assert.ok(rebuilt(/no events arrive from note\.events\/0@0, although the partition ends at 1/));
  });

  it('continues at the start of the log, with an error in the log, when unread events were deleted', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const registry = new Registry();
    const consumers = fixture.consumers({ registry, queueHigh: 1, queueLow: 0, batchSize: 1 });
    const texts: string[] = [];
    consumers.on(noteWritten, async ({ data }) => {
      texts.push(data.text);
      await held;
    });
    await fixture.sendMany(['0', '1', '2'].map((text) => ({ key: 'a', text })));
    consumers.start();
    await waitFor(() => texts.length === 1 && consumers.status()[0]?.partitions[0]?.lag === 3);
    await fixture.sendMany(['3', '4', '5', '6'].map((text) => ({ key: 'a', text })));
    const { topic } = noteWritten;
    await withAdmin(fixture.config.kafka.bootstrapServers.join(), async (admin) => {
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] });
    });
    release();
    await waitFor(() => texts.includes('6'));
    assert.deepEqual(texts, ['0', '1', '2', '5', '6']);
    const error = fixture.log.find(({ level }) => level === 'error');
    assert.match(
      error?.msg ?? '',
      /was at 3 in note\.events\/0, whose log has offsets 5 to 7: events were deleted before they were handled; continuing at 5/,
    );
    assert.match(await registry.metrics(), /microservice_consumer_position_resets_total\{[^}]+\} 1/);
  });

  it('repeatedly is unhealthy if Kafka answers, and healthy if it does not', async () => {
    let refuse = true;
    let healthyAtFirst: boolean | undefined;
    const { consumers } = consume(
      (member) => ({
        ...member,
        async join() {
          healthyAtFirst ??= consumers.healthy();
          if (refuse) throw new Error('refused');
          await member.join();
        },
      }),
      { outageDelay: { first: 1, max: 5 }, silenceTimeout: 500 },
    );
    await waitFor(() => stateOf(consumers) === 'rebuilding');
    await waitFor(() => !consumers.healthy());
    assert.equal(healthyAtFirst, true);
    await fixture.stopBroker();
    await waitFor(() => consumers.healthy());
    await fixture.startBroker();
    await waitFor(() => !consumers.healthy());
    refuse = false;
    await waitFor(() => consumers.healthy());
    assert.equal(stateOf(consumers), 'running');
  });
});
