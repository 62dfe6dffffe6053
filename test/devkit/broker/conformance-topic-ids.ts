import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BrokerAddress } from './conformance.ts';
import { errorsIn } from './conformance-versions.ts';
import type { ProtocolClient } from './protocol-client.ts';
import { openWorld, topicIdOf, type World } from './versions/world.ts';

const error = { invalidRequest: 42, unknownTopicId: 100 };

const NO_ID = Buffer.alloc(16).toString('base64url');
const UNKNOWN_ID = Buffer.alloc(16, 7).toString('base64url');

interface Metadata {
  topics: { errorCode: number; name: string | null; topicId: string; partitions: object[] }[];
}

/** KIP-516. */
export function topicIdSuite(broker: BrokerAddress): void {
  describe('the id of a topic', () => {
    let world: World;
    let client: ProtocolClient;

    before(async () => {
      world = await openWorld(broker.bootstrapServers);
      client = world.client;
    });
    after(() => world?.client.close());

    async function create(name: string): Promise<string> {
      const topics = [{ name, numPartitions: 2, replicationFactor: 1 }];
      const answer = await client.ask<{ topics: object[] }>('CreateTopics', 7, { topics });
      const { topicId, ...rest } = answer.topics[0] as { topicId: string; configs: unknown };
      assert.ok(Array.isArray(rest.configs) && rest.configs.length > 20);
      const told = { name, errorCode: 0, errorMessage: null, numPartitions: 2, replicationFactor: 1 };
      assert.deepEqual({ ...rest, configs: [] }, { ...told, configs: [] });
      return topicId;
    }

    const describeIds = async (...ids: string[]) => {
      const topics = ids.map((topicId) => ({ topicId, name: null }));
      return (await client.ask<Metadata>('Metadata', 12, { topics, allowAutoTopicCreation: false })).topics;
    };

    it('is returned by CreateTopics and by Metadata, which also accepts it', async () => {
      const name = `topic-${randomUUID()}`;
      const topicId = await create(name);
      assert.notEqual(topicId, NO_ID);
      assert.equal(await topicIdOf(client, name), topicId);
      const [topic] = await describeIds(topicId);
      assert.deepEqual([topic!.errorCode, topic!.name, topic!.partitions.length], [0, name, 2]);
    });

    it('is unknown if no topic has it', async () => {
      const [topic] = await describeIds(UNKNOWN_ID);
      assert.deepEqual([topic!.errorCode, topic!.name], [error.unknownTopicId, null]);
    });

    it('changes when the topic is created again under the same name', async () => {
      const name = `topic-${randomUUID()}`;
      const old = await create(name);
      const remove = () => client.ask('DeleteTopics', 6, { topics: [{ topicId: old }], timeoutMs: 10_000 });
      assert.deepEqual(errorsIn(await remove()), []);
      assert.deepEqual(errorsIn(await remove()), [error.unknownTopicId]);
      while ((await describeIds(old))[0]!.errorCode === 0);
      const topicId = await create(name);
      assert.notEqual(topicId, old);
      assert.equal(await topicIdOf(client, name), topicId);
    });

    it('is refused together with a name', async () => {
      const { topic: name, topicId } = world;
      const answer = await client.ask('DeleteTopics', 6, { topics: [{ name, topicId }], timeoutMs: 10_000 });
      assert.deepEqual(errorsIn(answer), [error.invalidRequest]);
    });

    it('identifies the topic in Produce and Fetch', async () => {
      const { records } = world;
      const { topicId } = await world.createTopic();
      const produce = (id: string) =>
        client.ask('Produce', 13, {
          acks: -1,
          timeoutMs: 1000,
          topicData: [{ topicId: id, partitionData: [{ index: 0, records }] }],
        });
      const fetch = (id: string) =>
        client.ask<{ responses: { partitions: { records: Buffer }[] }[] }>('Fetch', 13, {
          maxWaitMs: 1000,
          minBytes: 1,
          topics: [{ topicId: id, partitions: [{ fetchOffset: 0, partitionMaxBytes: 1_000_000 }] }],
        });
      while (errorsIn(await produce(topicId)).length > 0);
      const fetched = await fetch(topicId);
      assert.equal(fetched.responses[0]!.partitions[0]!.records.length, records.length);
      assert.deepEqual(errorsIn(await produce(UNKNOWN_ID)), [error.unknownTopicId]);
      assert.deepEqual(errorsIn(await fetch(UNKNOWN_ID)), [error.unknownTopicId]);
    });

    it('identifies the topic in OffsetCommit and OffsetFetch', async () => {
      const { groupId, memberId, generation, topicId } = world;
      const commit = (id: string) =>
        client.ask('OffsetCommit', 10, {
          groupId,
          memberId,
          generationIdOrMemberEpoch: generation,
          topics: [{ topicId: id, partitions: [{ committedOffset: 1, committedMetadata: null }] }],
        });
      assert.deepEqual(errorsIn(await commit(topicId)), []);
      assert.deepEqual(errorsIn(await commit(UNKNOWN_ID)), [error.unknownTopicId]);
      const topics = [topicId, UNKNOWN_ID].map((id) => ({ topicId: id, partitionIndexes: [0] }));
      const answer = await client.ask('OffsetFetch', 10, { groups: [{ groupId, topics }] });
      assert.deepEqual(errorsIn(answer), [error.unknownTopicId]);
    });
  });
}
