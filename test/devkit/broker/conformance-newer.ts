import assert from 'node:assert/strict';
import type { BrokerAddress } from './conformance.ts';
import { errorsIn } from './conformance-versions.ts';
import type { ProtocolClient } from './protocol-client.ts';
import { joining, openWorld, type World } from './versions/world.ts';

const error = {
  inconsistentGroupProtocol: 23,
  unknownMemberId: 25,
  groupIdNotFound: 69,
  unknownLeaderEpoch: 75,
};

interface Coordinators {
  coordinators: { key: string; nodeId: number; host: string; port: number; errorCode: number }[];
}

interface GroupOffsets {
  groups: { groupId: string; topics: { name: string; partitions: { committedOffset: number }[] }[] }[];
}

/** Features that only newer versions of an API have. */
export function newerSuite(broker: BrokerAddress): void {
  describe('a newer version', () => {
    let world: World;
    let client: ProtocolClient;

    before(async () => {
      world = await openWorld(broker.bootstrapServers);
      client = world.client;
    });
    after(() => world?.client.close());

    it('of FindCoordinator finds those of several groups', async () => {
      const coordinatorKeys = [world.groupId, 'another'];
      const { coordinators } = await client.ask<Coordinators>('FindCoordinator', 4, { coordinatorKeys });
      const address = coordinators.map(({ host, port }) => `${host}:${port}`);
      assert.deepEqual(address, [broker.bootstrapServers, broker.bootstrapServers]);
      assert.deepEqual(
        coordinators.map(({ key }) => key),
        coordinatorKeys,
      );
    });

    it('of OffsetFetch returns the offsets of several groups, and all offsets of a group without topics', async () => {
      const { groupId, memberId, generation, topic } = world;
      await client.ask('OffsetCommit', 8, {
        groupId,
        memberId,
        generationIdOrMemberEpoch: generation,
        topics: [{ name: topic, partitions: [{ committedOffset: 1, committedMetadata: null }] }],
      });
      const named = { groupId, topics: [{ name: topic, partitionIndexes: [0, 1] }] };
      const groups = [named, { groupId, topics: null }, { groupId: 'another', topics: null }];
      const answer = await client.ask<GroupOffsets>('OffsetFetch', 8, { groups });
      const told = answer.groups.map((group) =>
        group.topics.map(({ name, partitions }) => [name, partitions.map((each) => each.committedOffset)]),
      );
      assert.deepEqual(told, [[[topic, [1, -1]]], [[topic, [1]]], []]);
    });

    it('of DescribeGroups does not find an unknown group', async () => {
      interface Answer {
        groups: { errorCode: number; groupState: string }[];
      }
      for (const [version, code] of [
        [5, 0],
        [6, error.groupIdNotFound],
      ] as const) {
        const { groups } = await client.ask<Answer>('DescribeGroups', version, { groups: ['unknown'] });
        assert.deepEqual([groups[0]!.errorCode, groups[0]!.groupState], [code, 'Dead']);
      }
    });

    it('of ListGroups lists groups of a state and of a type', async () => {
      interface Answer {
        groups: { groupId: string; groupState: string; groupType: string }[];
      }
      const find = async (statesFilter: string[], typesFilter: string[]) => {
        const { groups } = await client.ask<Answer>('ListGroups', 5, { statesFilter, typesFilter });
        return groups.find(({ groupId }) => groupId === world.groupId);
      };
      const { groupId } = world;
      const listed = { groupId, protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' };
      assert.deepEqual(await find([], []), listed);
      assert.deepEqual(await find(['stable', 'Empty'], ['Classic']), listed);
      assert.equal(await find(['Empty'], []), undefined);
      assert.equal(await find([], ['consumer']), undefined);
    });

    it('of JoinGroup returns the protocol type, and no protocol in a refusal', async () => {
      const groupId = `${world.groupId}-9`;
      const first = await client.ask<object>('JoinGroup', 8, { groupId, ...joining });
      const { memberId, ...refused } = first as { memberId: string };
      assert.deepEqual(refused, {
        throttleTimeMs: 0,
        errorCode: 79,
        generationId: -1,
        protocolType: null,
        protocolName: null,
        leader: '',
        members: [],
      });
      const joined = await client.ask<object>('JoinGroup', 9, { groupId, ...joining, memberId });
      assert.deepEqual(joined, {
        throttleTimeMs: 0,
        errorCode: 0,
        generationId: 1,
        protocolType: 'consumer',
        protocolName: 'range',
        leader: memberId,
        skipAssignment: false,
        memberId,
        members: [{ memberId, groupInstanceId: null, metadata: Buffer.from('wants') }],
      });
    });

    it('of SyncGroup returns the protocol, and refuses a member that names another one', async () => {
      const { groupId, memberId, generation: generationId } = world;
      const sync = (protocolType: string | null, protocolName: string | null) =>
        client.ask('SyncGroup', 5, { groupId, memberId, generationId, protocolType, protocolName });
      const answer = {
        throttleTimeMs: 0,
        errorCode: 0,
        protocolType: 'consumer',
        protocolName: 'range',
        assignment: Buffer.from('all'),
      };
      assert.deepEqual(await sync('consumer', 'range'), answer);
      assert.deepEqual(errorsIn(await sync(null, null)), [error.inconsistentGroupProtocol]);
      assert.deepEqual(errorsIn(await sync('connect', 'range')), [error.inconsistentGroupProtocol]);
      assert.deepEqual(errorsIn(await sync('consumer', 'other')), [error.inconsistentGroupProtocol]);
    });

    it('of OffsetForLeaderEpoch finds the end of the log of an epoch', async () => {
      interface Answer {
        topics: { partitions: object[] }[];
      }
      const ask = async (leaderEpoch: number, currentLeaderEpoch = -1) => {
        const partitions = [{ partition: 0, currentLeaderEpoch, leaderEpoch }];
        const topics = [{ topic: world.topic, partitions }];
        return (await client.ask<Answer>('OffsetForLeaderEpoch', 4, { topics })).topics[0]!.partitions[0];
      };
      const found = { errorCode: 0, partition: 0, leaderEpoch: 0, endOffset: 1 };
      assert.deepEqual(await ask(0), found);
      assert.deepEqual(await ask(0, 0), found);
      const none = { partition: 0, leaderEpoch: -1, endOffset: -1 };
      assert.deepEqual(await ask(1), { errorCode: 0, ...none });
      assert.deepEqual(await ask(0, 1), { errorCode: error.unknownLeaderEpoch, ...none });
    });

    it('of Fetch and ListOffsets refuses a future epoch', async () => {
      const { topic } = world;
      const at = { currentLeaderEpoch: 1, fetchOffset: 0, partitionMaxBytes: 1000 };
      const fetched = await client.ask('Fetch', 12, { topics: [{ topic, partitions: [at] }] });
      assert.deepEqual(errorsIn(fetched), [error.unknownLeaderEpoch]);
      const topics = [{ name: topic, partitions: [{ currentLeaderEpoch: 1, timestamp: -1 }] }];
      const listed = await client.ask('ListOffsets', 7, { replicaId: -1, topics });
      assert.deepEqual(errorsIn(listed), [error.unknownLeaderEpoch]);
    });

    it('of LeaveGroup returns a result for each member', async () => {
      const { groupId } = world;
      const members = [{ memberId: 'a' }, { memberId: 'b', reason: 'tired' }];
      const answer = await client.ask<{ errorCode: number; members: object[] }>('LeaveGroup', 5, {
        groupId,
        members,
      });
      const left = members.map(({ memberId }) => ({
        memberId,
        groupInstanceId: null,
        errorCode: error.unknownMemberId,
      }));
      assert.deepEqual([answer.errorCode, answer.members], [0, left]);
    });
  });
}
