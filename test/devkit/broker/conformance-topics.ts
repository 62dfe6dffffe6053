import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectWithTopic } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import type { ProtocolClient } from './protocol-client.ts';

const error = {
  none: 0,
  unknownTopicOrPartition: 3,
  invalidTopic: 17,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidReplicaAssignment: 39,
  invalidConfig: 40,
};

interface Metadata {
  topicMetadata: { topicErrorCode: number; topic: string; partitionMetadata: { partitionId: number }[] }[];
}

interface Configs {
  resources: {
    errorCode: number;
    configEntries: { configName: string; configValue: string; configSource: number }[];
  }[];
}

export function topicSuite(broker: BrokerAddress): void {
  describe('topics', () => {
    let client: ProtocolClient;
    let topic: string;

    beforeEach(async () => {
      ({ client, topic } = await connectWithTopic(broker.bootstrapServers, 3));
    });
    afterEach(() => client.close());

    async function create(options: object, validateOnly = false): Promise<number> {
      const topics = [{ topic: `new-${randomUUID()}`, numPartitions: 1, replicationFactor: 1, ...options }];
      const answer = await client.call<{ topicErrors: { errorCode: number }[] }>('CreateTopics', 3, {
        topics,
        validateOnly,
      });
      return answer.topicErrors[0]!.errorCode;
    }

    async function describeTopic(name: string) {
      const answer = await client.call<Metadata>('Metadata', 6, {
        topics: [name],
        allowAutoTopicCreation: false,
      });
      const { topicErrorCode, partitionMetadata } = answer.topicMetadata[0]!;
      return { errorCode: topicErrorCode, partitions: partitionMetadata.length };
    }

    async function describeEventually(name: string, partitions: number) {
      let found = await describeTopic(name);
      while (found.partitions !== partitions) found = await describeTopic(name);
      return found;
    }

    it('are described with their partitions', async () => {
      assert.deepEqual(await describeTopic(topic), { errorCode: 0, partitions: 3 });
    });

    it('are all listed if none is named', async () => {
      const answer = await client.call<Metadata>('Metadata', 6, { topics: [] });
      assert.ok(
        answer.topicMetadata.length === 0 || answer.topicMetadata.some((each) => each.topic === topic),
      );
    });

    it('are not created for a client that does not allow it', async () => {
      const { errorCode } = await describeTopic(`${topic}-unknown`);
      assert.equal(errorCode, error.unknownTopicOrPartition);
    });

    it('treat -1 partitions and replicas as the broker default', async () => {
      const name = `new-${randomUUID()}`;
      assert.equal(await create({ topic: name, numPartitions: -1, replicationFactor: -1 }), 0);
      assert.equal((await describeEventually(name, 1)).errorCode, 0);
    });

    const refusals: [title: string, options: object, code: number][] = [
      ['no partition', { numPartitions: 0 }, error.invalidPartitions],
      ['more replicas than brokers', { replicationFactor: 30 }, error.invalidReplicationFactor],
      ['a name with a space', { topic: 'user events' }, error.invalidTopic],
      ['an empty name', { topic: '' }, error.invalidTopic],
      ['the name ..', { topic: '..' }, error.invalidTopic],
      ['a name of 250 characters', { topic: 'x'.repeat(250) }, error.invalidTopic],
      ['an unknown setting', { configEntries: [{ name: 'no.such', value: '1' }] }, error.invalidConfig],
      ['a wrong value', { configEntries: [{ name: 'retention.bytes', value: 'x' }] }, error.invalidConfig],
    ];
    for (const [title, options, code] of refusals) {
      it(`are refused with ${title}`, async () => assert.equal(await create(options), code));
    }

    it('are refused when they exist, and when their names differ only in . and _', async () => {
      const dotted = topic.replaceAll('-', '.');
      assert.equal(await create({ topic }), error.topicAlreadyExists);
      assert.equal(await create({ topic: dotted }), error.none);
      await describeEventually(dotted, 1);
      assert.equal(await create({ topic: topic.replaceAll('-', '_') }), error.invalidTopic);
    });

    it('are not created by a dry run', async () => {
      const name = `new-${randomUUID()}`;
      assert.equal(await create({ topic: name }, true), error.none);
      assert.equal((await describeTopic(name)).errorCode, error.unknownTopicOrPartition);
    });

    it('are deleted', async () => {
      const remove = () =>
        client.call<{ topicErrors: { errorCode: number }[] }>('DeleteTopics', 1, { topics: [topic] });
      assert.equal((await remove()).topicErrors[0]!.errorCode, error.none);
      assert.equal((await describeEventually(topic, 0)).errorCode, error.unknownTopicOrPartition);
      assert.equal((await remove()).topicErrors[0]!.errorCode, error.unknownTopicOrPartition);
    });

    it('can get more partitions, but not fewer', async () => {
      const grow = async (count: number, assignments?: number[][]) => {
        const answer = await client.call<{ topicErrors: { errorCode: number }[] }>('CreatePartitions', 1, {
          topicPartitions: [{ topic, count, assignments }],
        });
        return answer.topicErrors[0]!.errorCode;
      };
      assert.equal(await grow(2), error.invalidPartitions);
      assert.equal(await grow(4, [[30]]), error.invalidReplicaAssignment);
      assert.equal(await grow(5, [[1]]), error.invalidReplicaAssignment);
      assert.equal(await grow(5), error.none);
      assert.equal((await describeEventually(topic, 5)).errorCode, 0);
    });

    it('are described with their configuration, own values separate from defaults', async () => {
      const name = `new-${randomUUID()}`;
      await create({ topic: name, configEntries: [{ name: 'retention.bytes', value: '1234567' }] });
      await describeEventually(name, 1);
      const answer = await client.call<Configs>('DescribeConfigs', 2, {
        resources: [{ type: 2, name, configNames: ['retention.bytes', 'cleanup.policy'] }],
      });
      const entries = answer.resources[0]!.configEntries.map(({ configName, configValue, configSource }) => ({
        [configName]: [configValue, configSource],
      }));
      assert.deepEqual(Object.assign({}, ...entries), {
        'retention.bytes': ['1234567', 1],
        'cleanup.policy': ['delete', 5],
      });
    });
  });
}
