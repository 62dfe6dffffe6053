import assert from 'node:assert/strict';
import { connectWithTopic, fetch, produce } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import type { ProtocolClient } from './protocol-client.ts';

const TOPIC = 2;

const error = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  illegalSaslState: 34,
  invalidReplicaAssignment: 39,
  invalidConfig: 40,
  securityDisabled: 54,
};

interface Resources {
  resources: { errorCode: number; configEntries: { configName: string; configValue: string }[] }[];
}

/** Requests of KafkaJS's admin client other than those for topics and groups. */
export function adminSuite(broker: BrokerAddress): void {
  describe('an administrator', () => {
    let client: ProtocolClient;
    let topic: string;

    beforeEach(async () => {
      ({ client, topic } = await connectWithTopic(broker.bootstrapServers));
    });
    afterEach(() => client.close());

    async function alter(
      configs: Record<string, string>,
      options: { name?: string; validateOnly?: boolean } = {},
    ) {
      const { name = topic, validateOnly = false } = options;
      const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
      const resources = [{ type: TOPIC, name, configEntries }];
      const answer = await client.call<Resources>('AlterConfigs', 1, { resources, validateOnly });
      return answer.resources[0]!.errorCode;
    }

    async function configured(name: string): Promise<string> {
      const resources = [{ type: TOPIC, name: topic, configNames: [name] }];
      const answer = await client.call<Resources>('DescribeConfigs', 2, { resources });
      return answer.resources[0]!.configEntries[0]!.configValue;
    }

    async function configuredEventually(name: string, value: string): Promise<void> {
      while ((await configured(name)) !== value);
    }

    it('replaces the configuration of a topic', async () => {
      assert.equal(await alter({ 'retention.ms': '1000', 'max.message.bytes': '2000' }), error.none);
      await configuredEventually('retention.ms', '1000');
      assert.equal(await alter({ 'retention.ms': '3000' }), error.none);
      await configuredEventually('retention.ms', '3000');
      assert.equal(await configured('max.message.bytes'), '1048588');
    });

    it('changes nothing in a dry run', async () => {
      assert.equal(await alter({ 'retention.bytes': '777' }, { validateOnly: true }), error.none);
      assert.notEqual(await configured('retention.bytes'), '777');
    });

    const wrong: [name: string, value: string][] = [
      ['no.such', '1'],
      ['cleanup.policy', 'forget'],
      ['compression.type', 'brotli'],
      ['max.message.bytes', '-1'],
      ['retention.ms', '-2'],
      ['retention.ms', 'week'],
      ['segment.bytes', '1000'],
      ['segment.bytes', '2147483648'],
      ['min.cleanable.dirty.ratio', '2'],
      ['preallocate', 'perhaps'],
    ];
    for (const [name, value] of wrong) {
      it(`cannot set ${name}=${value}`, async () => {
        assert.equal(await alter({ [name]: value }), error.invalidConfig);
      });
    }

    it('cannot configure an unknown topic', async () => {
      assert.equal(await alter({}, { name: `${topic}-unknown` }), error.unknownTopicOrPartition);
    });

    async function deleteBefore(offset: number) {
      interface Answer {
        topics: { partitions: { lowWatermark: string; errorCode: number }[] }[];
      }
      const topics = [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }];
      const answer = await client.call<Answer>('DeleteRecords', 1, { topics });
      const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!;
      return [errorCode, Number(lowWatermark)];
    }

    it('deletes the records before an offset', async () => {
      await produce(client, { topic, values: ['a', 'b'] });
      await produce(client, { topic, values: ['c'] });
      assert.deepEqual(await deleteBefore(1), [error.none, 1]);
      assert.equal((await fetch(client, { topic, offset: 0 })).errorCode, error.offsetOutOfRange);
      const { messages } = await fetch(client, { topic, offset: 1 });
      assert.equal(messages.at(-1)!.value.toString(), 'c');
      assert.deepEqual(await deleteBefore(-1), [error.none, 3]);
      assert.deepEqual(await deleteBefore(4), [error.offsetOutOfRange, -1]);
      assert.equal((await produce(client, { topic, values: ['d'] })).baseOffset, '3');
    });

    it('is told that access control is disabled', async () => {
      const acl = {
        resourceType: 2,
        resourceName: 'x',
        resourcePatternType: 3,
        principal: 'User:a',
        host: '*',
      };
      const rule = { ...acl, operation: 3, permissionType: 3 };
      const described = await client.call<{ errorCode: number }>('DescribeAcls', 1, rule);
      const created = await client.call<{ creationResponses: { errorCode: number }[] }>('CreateAcls', 1, {
        creations: [rule],
      });
      const deleted = await client.call<{ filterResponses: { errorCode: number }[] }>('DeleteAcls', 1, {
        filters: [rule],
      });
      const codes = [described, created.creationResponses[0]!, deleted.filterResponses[0]!];
      assert.deepEqual(
        codes.map(({ errorCode }) => errorCode),
        [error.securityDisabled, error.securityDisabled, error.securityDisabled],
      );
    });

    it('cannot log in on a plain-text listener', async () => {
      const answer = await client.call<{ errorCode: number }>('SaslHandshake', 1, { mechanism: 'PLAIN' });
      assert.equal(answer.errorCode, error.illegalSaslState);
    });

    it('cannot move a partition away from the only broker', async () => {
      const reassign = async (partition: number, replicas: number[]) => {
        const answer = await client.call<{ responses: { partitions: { errorCode: number }[] }[] }>(
          'AlterPartitionReassignments',
          0,
          { topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] },
        );
        return answer.responses[0]!.partitions[0]!.errorCode;
      };
      assert.equal(await reassign(0, [1]), error.none);
      assert.equal(await reassign(0, [7]), error.invalidReplicaAssignment);
      assert.equal(await reassign(7, [1]), error.unknownTopicOrPartition);
      const { topics } = await client.call<{ topics: object[] }>('ListPartitionReassignments', 0, {});
      assert.deepEqual(topics, []);
    });
  });
}
