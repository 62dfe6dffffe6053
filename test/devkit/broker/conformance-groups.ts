import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectWithTopic } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import { connectProtocol, type ProtocolClient } from './protocol-client.ts';

const error = {
  none: 0,
  unknownTopicOrPartition: 3,
  offsetMetadataTooLarge: 12,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  invalidGroupId: 24,
  unknownMemberId: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  nonEmptyGroup: 68,
  groupIdNotFound: 69,
  memberIdRequired: 79,
};

interface JoinAnswer {
  errorCode: number;
  generationId: number;
  groupProtocol: string;
  leaderId: string;
  memberId: string;
  members: { memberId: string }[];
}

interface SyncAnswer {
  errorCode: number;
  memberAssignment: Buffer;
}

interface Membership {
  client: ProtocolClient;
  memberId: string;
  generation: number;
}

export function groupSuite(broker: BrokerAddress): void {
  describe('a consumer group', () => {
    const clients: ProtocolClient[] = [];
    let topic: string;
    let groupId: string;

    beforeEach(async () => {
      const connected = await connectWithTopic(broker.bootstrapServers, 2);
      clients.push(connected.client);
      topic = connected.topic;
      groupId = `group-${randomUUID()}`;
      await coordinatorIsReady(connected.client, groupId);
    });
    afterEach(() => clients.splice(0).forEach((client) => client.close()));

    async function connect(): Promise<ProtocolClient> {
      const client = await connectProtocol(broker.bootstrapServers);
      clients.push(client);
      return client;
    }

    function join(client: ProtocolClient, memberId: string, options: object = {}): Promise<JoinAnswer> {
      return client.call<JoinAnswer>('JoinGroup', 5, {
        groupId,
        memberId,
        sessionTimeout: 6000,
        rebalanceTimeout: 10_000,
        protocolType: 'consumer',
        groupProtocols: [{ name: 'range', metadata: Buffer.from('wants') }],
        ...options,
      });
    }

    async function newMember(options: object = {}) {
      const client = await connect();
      const { errorCode, memberId } = await join(client, '', options);
      assert.equal(errorCode, error.memberIdRequired);
      return { client, memberId };
    }

    function sync({ client, memberId, generation }: Membership, assignments: Record<string, string> = {}) {
      const groupAssignment = Object.entries(assignments).map(([id, text]) => ({
        memberId: id,
        memberAssignment: Buffer.from(text),
      }));
      return client.call<SyncAnswer>('SyncGroup', 3, {
        groupId,
        generationId: generation,
        memberId,
        groupAssignment,
      });
    }

    async function heartbeat({ client, memberId, generation }: Membership): Promise<number> {
      const args = { groupId, groupGenerationId: generation, memberId };
      return (await client.call<{ errorCode: number }>('Heartbeat', 3, args)).errorCode;
    }

    async function leave({ client, memberId }: Membership): Promise<number> {
      const args = { groupId, memberId };
      const answer = await client.call<{ members: { errorCode: number }[] }>('LeaveGroup', 3, args);
      return answer.members[0]!.errorCode;
    }

    /** A group of one member that has its assignment. */
    async function stableMember(options: object = {}): Promise<Membership> {
      const { client, memberId } = await newMember(options);
      const joined = await join(client, memberId, options);
      assert.equal(joined.errorCode, error.none);
      const member = { client, memberId, generation: joined.generationId };
      const synced = await sync(member, { [memberId]: 'all' });
      assert.deepEqual([synced.errorCode, synced.memberAssignment.toString()], [error.none, 'all']);
      return member;
    }

    /** Two members, of which the first is the leader, in a generation that both have joined. */
    async function twoMembers() {
      const leader = await stableMember();
      const { client, memberId } = await newMember();
      const joining = join(client, memberId);
      while ((await heartbeat(leader)) === error.none);
      const led = await join(leader.client, leader.memberId);
      const followed = await joining;
      const generation = led.generationId;
      return { leader: { ...leader, generation }, follower: { client, memberId, generation }, led, followed };
    }

    function commit(member: Membership, options: { topic?: string; metadata?: string } = {}) {
      const partitions = [{ partition: 0, offset: '5', metadata: options.metadata ?? null }];
      return member.client
        .call<{ responses: { partitions: { errorCode: number }[] }[] }>('OffsetCommit', 5, {
          groupId,
          groupGenerationId: member.generation,
          memberId: member.memberId,
          topics: [{ topic: options.topic ?? topic, partitions }],
        })
        .then((answer) => answer.responses[0]!.partitions[0]!.errorCode);
    }

    async function committed(partition = 0): Promise<string> {
      const answer = await clients[0]!.call<{ responses: { partitions: { offset: string }[] }[] }>(
        'OffsetFetch',
        4,
        { groupId, topics: [{ topic, partitions: [{ partition }] }] },
      );
      return answer.responses[0]!.partitions[0]!.offset;
    }

    async function state(): Promise<string> {
      const answer = await clients[0]!.call<{ groups: { state: string }[] }>('DescribeGroups', 2, {
        groupIds: [groupId],
      });
      return answer.groups[0]!.state;
    }

    describe('JoinGroup', () => {
      it('makes the first member the leader, and shows the members only to the leader', async () => {
        const { led, followed } = await twoMembers();
        assert.equal(led.leaderId, led.memberId);
        assert.equal(followed.leaderId, led.memberId);
        assert.equal(followed.generationId, led.generationId);
        assert.deepEqual([led.groupProtocol, followed.groupProtocol], ['range', 'range']);
        const ids = led.members.map(({ memberId }) => memberId).toSorted((a, b) => a.localeCompare(b));
        const expected = [led.memberId, followed.memberId].toSorted((a, b) => a.localeCompare(b));
        assert.deepEqual(ids, expected);
        assert.deepEqual(followed.members, []);
      });

      const refusals: [title: string, options: object, code: number][] = [
        ['an empty group id', { groupId: '' }, error.invalidGroupId],
        ['a session timeout under 6 s', { sessionTimeout: 100 }, error.invalidSessionTimeout],
        ['an unknown member id', { memberId: 'unknown' }, error.unknownMemberId],
        ['no protocol', { groupProtocols: [] }, error.inconsistentGroupProtocol],
      ];
      for (const [title, options, code] of refusals) {
        it(`refuses ${title}`, async () => {
          assert.equal((await join(await connect(), '', options)).errorCode, code);
        });
      }

      it('refuses a member that has no protocol in common with the group', async () => {
        await stableMember();
        const other = { groupProtocols: [{ name: 'other', metadata: Buffer.alloc(0) }] };
        const answer = await join(await connect(), '', other);
        assert.equal(answer.errorCode, error.inconsistentGroupProtocol);
      });

      it('removes a member that does not rejoin within the rebalance timeout', async () => {
        const slow = await stableMember({ rebalanceTimeout: 500 });
        const { client, memberId } = await newMember({ rebalanceTimeout: 500 });
        const joined = await join(client, memberId, { rebalanceTimeout: 500 });
        assert.equal(joined.errorCode, error.none);
        assert.equal(joined.leaderId, memberId);
        assert.equal(await heartbeat(slow), error.unknownMemberId);
      });

      it('gives a follower that repeats its JoinGroup the same generation', async () => {
        const { leader, follower } = await twoMembers();
        const assignments = { [leader.memberId]: 'one', [follower.memberId]: 'two' };
        await sync(leader, assignments);
        await sync(follower);
        const again = await join(follower.client, follower.memberId);
        assert.deepEqual([again.errorCode, again.generationId], [error.none, follower.generation]);
        assert.equal(await heartbeat(leader), error.none);
      });
    });

    describe('SyncGroup', () => {
      it('gives each member its assignment from the leader', async () => {
        const { leader, follower } = await twoMembers();
        const following = sync(follower);
        const leading = sync(leader, { [leader.memberId]: 'one', [follower.memberId]: 'two' });
        assert.equal((await leading).memberAssignment.toString(), 'one');
        assert.equal((await following).memberAssignment.toString(), 'two');
        assert.equal(await state(), 'Stable');
      });

      it('refuses an old generation and an unknown member', async () => {
        const member = await stableMember();
        const old = await sync({ ...member, generation: member.generation - 1 });
        assert.equal(old.errorCode, error.illegalGeneration);
        assert.equal((await sync({ ...member, memberId: 'unknown' })).errorCode, error.unknownMemberId);
      });

      it('notifies a waiting follower when the group rebalances again', async () => {
        const { leader, follower } = await twoMembers();
        const following = sync(follower);
        await leave(leader);
        assert.equal((await following).errorCode, error.rebalanceInProgress);
      });
    });

    describe('Heartbeat', () => {
      it('refuses an old generation and an unknown member', async () => {
        const member = await stableMember();
        assert.equal(await heartbeat(member), error.none);
        const old = { ...member, generation: member.generation - 1 };
        assert.equal(await heartbeat(old), error.illegalGeneration);
        assert.equal(await heartbeat({ ...member, memberId: 'unknown' }), error.unknownMemberId);
      });

      it('notifies a member when another one joins', async () => {
        const member = await stableMember();
        const { client, memberId } = await newMember();
        const joining = join(client, memberId);
        while ((await heartbeat(member)) === error.none);
        assert.equal(await heartbeat(member), error.rebalanceInProgress);
        await leave(member);
        assert.equal((await joining).errorCode, error.none);
      });

      it('keeps a member with heartbeats, and removes one without heartbeats after its session timeout', async function () {
        this.timeout(30_000);
        const { leader, follower } = await twoMembers();
        await Promise.all([sync(leader, {}), sync(follower)]);
        const start = performance.now();
        while ((await heartbeat(leader)) === error.none) await pause(leader);
        const passed = performance.now() - start;
        assert.ok(passed > 5000, `${passed} ms`);
        assert.equal((await join(leader.client, leader.memberId)).members.length, 1);
        assert.equal(await heartbeat(follower), error.unknownMemberId);
      });
    });

    describe('LeaveGroup', () => {
      it('empties the group, and refuses an unknown member', async () => {
        const member = await stableMember();
        assert.equal(await leave(member), error.none);
        assert.equal(await leave(member), error.unknownMemberId);
        assert.equal(await state(), 'Empty');
      });
    });

    describe('offsets', () => {
      it('are committed by a member of the generation', async () => {
        const member = await stableMember();
        assert.equal(await committed(), '-1');
        assert.equal(await commit(member), error.none);
        assert.deepEqual([await committed(), await committed(1)], ['5', '-1']);
      });

      it('are refused from an old generation, from an unknown member, and while the group rebalances', async () => {
        const { leader, follower } = await twoMembers();
        const old = { ...leader, generation: leader.generation - 1 };
        assert.equal(await commit(old), error.illegalGeneration);
        assert.equal(await commit({ ...leader, memberId: 'unknown' }), error.unknownMemberId);
        assert.equal(await commit({ ...leader, memberId: '', generation: -1 }), error.unknownMemberId);
        assert.equal(await commit(follower), error.rebalanceInProgress);
        assert.equal(await committed(), '-1');
      });

      it('are committed by anyone while the group is empty', async () => {
        const outsider = { client: await connect(), memberId: '', generation: -1 };
        assert.equal(await commit(outsider), error.none);
        assert.equal(await committed(), '5');
      });

      it('are refused for an unknown topic, and with more than 4096 bytes of metadata', async () => {
        const member = await stableMember();
        assert.equal(await commit(member, { topic: `${topic}-unknown` }), error.unknownTopicOrPartition);
        assert.equal(await commit(member, { metadata: 'x'.repeat(4097) }), error.offsetMetadataTooLarge);
      });
    });

    async function remove(): Promise<number> {
      const answer = await clients[0]!.call<{ results: { errorCode: number }[] }>('DeleteGroups', 1, [
        groupId,
      ]);
      return answer.results[0]!.errorCode;
    }

    describe('DeleteGroups', () => {
      it('deletes a group with its offsets, but only if the group is empty', async () => {
        const member = await stableMember();
        await commit(member);
        assert.equal(await remove(), error.nonEmptyGroup);
        await leave(member);
        assert.equal(await remove(), error.none);
        assert.equal(await committed(), '-1');
        assert.equal(await remove(), error.groupIdNotFound);
      });
    });

    it('is listed and described', async () => {
      assert.equal(await state(), 'Dead');
      await stableMember();
      assert.equal(await state(), 'Stable');
      const { groups } = await clients[0]!.call<{ groups: { groupId: string; protocolType: string }[] }>(
        'ListGroups',
        2,
        {},
      );
      assert.ok(groups.some((group) => group.groupId === groupId && group.protocolType === 'consumer'));
    });
  });
}

/** Apache Kafka creates its offsets topic at the first look-up of a coordinator, which then loads it. */
async function coordinatorIsReady(client: ProtocolClient, groupId: string): Promise<void> {
  for (let isReady = false; !isReady;) {
    await client.call('GroupCoordinator', 2, { groupId, coordinatorType: 0 });
    const args = { groupIds: [groupId] };
    const { groups } = await client.call<{ groups: { errorCode: number }[] }>('DescribeGroups', 2, args);
    isReady = groups[0]!.errorCode === error.none;
  }
}

/** Waits 200 ms at the broker: a fetch of nothing. */
async function pause({ client }: Membership): Promise<void> {
  await client.call('Fetch', 11, { replicaId: -1, maxWaitTime: 200, minBytes: 1, maxBytes: 1, topics: [] });
}
