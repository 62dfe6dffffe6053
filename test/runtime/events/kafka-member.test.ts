import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { KafkaConsumer } from '../../../src/runtime/events/kafka/kafkajs/consumer.ts';
import { createGroupMember, type GroupMember } from '../../../src/runtime/events/kafka/member.ts';

describe('a member of a group', () => {
  let kafka: EventEmitter;
  let member: GroupMember;
  let lost: Error[];

  beforeEach(() => {
    kafka = new EventEmitter();
    lost = [];
    const nothing = async (): Promise<void> => {};
    const consumer: KafkaConsumer = {
      on: (...listened: Parameters<EventEmitter['on']>) => kafka.on(...listened),
      connect: nothing,
      subscribe: nothing,
      run: nothing,
      seek: () => {},
      pause: () => {},
      resume: () => {},
    };
    member = createGroupMember(
      consumer,
      { groupId: 'g', topics: ['t'], sessionTimeout: 20 },
      { assigned: () => {}, fetched: () => {}, lost: (error) => void lost.push(error) },
      {
        heartbeatInterval: 1_000,
        joinPatience: 1_000,
        maxEventBytes: 900_000,
        disconnect: nothing,
        dismiss: nothing,
        topicIds: () => Promise.resolve(new Map()),
      },
    );
  });
  afterEach(() => member.leave());

  const join = (): unknown =>
    kafka.emit('consumer.group_join', { payload: { memberId: 'm', memberAssignment: { t: [0, 2] } } });

  it('owns its partitions until it has been silent for longer than the session timeout', async () => {
    assert.deepEqual(member.owned(), []);
    join();
    const owned = [0, 2].map((partition) => ({ topic: 't', partition }));
    assert.deepEqual(member.owned(), owned);
    await waitFor(() => member.owned().length === 0);
    kafka.emit('consumer.fetch');
    assert.deepEqual(member.owned(), [], 'KafkaJS says that it fetched also where Kafka did not answer');
    kafka.emit('consumer.heartbeat');
    assert.deepEqual(member.owned(), owned);
  });

  it('is lost by a crash', () => {
    const error = new Error('the fetching crashed');
    kafka.emit('consumer.crash', { payload: { error } });
    assert.deepEqual(lost, [error]);
  });

  it('is lost when a request stays unanswered, since its connection is dead', () => {
    kafka.emit('consumer.network.request_timeout', { payload: { apiName: 'Fetch', broker: 'b:9092' } });
    assert.deepEqual(
      lost.map(({ message }) => message),
      ['b:9092 did not answer a request (Fetch)'],
    );
  });
});
