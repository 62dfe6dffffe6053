import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BrokerAddress } from './conformance.ts';
import { errorsIn } from './conformance-versions.ts';
import { connectProtocol, type ProtocolClient } from './protocol-client.ts';
import type { Values } from './schema/encode.ts';
import { joining, openWorld, type World } from './versions/world.ts';

const error = { unknownMemberId: 25, rebalanceInProgress: 27, memberIdRequired: 79, fencedInstanceId: 82 };

interface Joined {
  errorCode: number;
  generationId: number;
  leader: string;
  skipAssignment: boolean;
  memberId: string;
  members: { memberId: string; groupInstanceId: string | null; metadata: Buffer }[];
}

interface Synced {
  errorCode: number;
  assignment: Buffer;
}

interface Membership {
  client: ProtocolClient;
  memberId: string;
  groupInstanceId: string | null;
  generationId: number;
}

/** KIP-345. */
export function staticMemberSuite(broker: BrokerAddress): void {
  describe('a static member', () => {
    const clients: ProtocolClient[] = [];
    let world: World;
    let groupId: string;

    before(async () => {
      world = await openWorld(broker.bootstrapServers);
    });
    after(() => world?.client.close());
    beforeEach(() => {
      groupId = `group-${randomUUID()}`;
    });
    afterEach(() => clients.splice(0).forEach((client) => client.close()));

    async function connect(): Promise<ProtocolClient> {
      const client = await connectProtocol(broker.bootstrapServers);
      clients.push(client);
      return client;
    }

    function join(client: ProtocolClient, values: Values, version = 9): Promise<Joined> {
      return client.ask<Joined>('JoinGroup', version, { groupId, ...joining, ...values });
    }

    async function sync(
      { client, memberId, groupInstanceId, generationId }: Membership,
      assigned: Record<string, string> = {},
    ) {
      const assignments = Object.entries(assigned).map(([id, text]) => ({
        memberId: id,
        assignment: Buffer.from(text),
      }));
      const protocol = { protocolType: 'consumer', protocolName: 'range' };
      const values = { groupId, memberId, groupInstanceId, generationId, ...protocol, assignments };
      const { errorCode, assignment } = await client.ask<Synced>('SyncGroup', 5, values);
      return [errorCode, assignment.toString()];
    }

    async function heartbeat({
      client,
      memberId,
      groupInstanceId,
      generationId,
    }: Membership): Promise<number> {
      const values = { groupId, memberId, groupInstanceId, generationId };
      return (await client.ask<{ errorCode: number }>('Heartbeat', 4, values)).errorCode;
    }

    async function leave(client: ProtocolClient, ...members: Values[]): Promise<number[]> {
      const answer = await client.ask<{ errorCode: number; members: { errorCode: number }[] }>(
        'LeaveGroup',
        5,
        {
          groupId,
          members,
        },
      );
      assert.equal(answer.errorCode, 0);
      return answer.members.map(({ errorCode }) => errorCode);
    }

    /** Joins alone, as leader and follower of a stable group. */
    async function two(options: Values = {}) {
      const first = await connect();
      const led = await join(first, { groupInstanceId: 'one', ...options });
      assert.equal(led.errorCode, 0);
      const leader = { client: first, groupInstanceId: 'one', ...led };
      await sync(leader, { [led.memberId]: 'all' });
      const second = await connect();
      const following = join(second, { groupInstanceId: 'two', ...options });
      while ((await heartbeat(leader)) === 0);
      const again = await join(first, { groupInstanceId: 'one', memberId: led.memberId, ...options });
      const followed = await following;
      const follower = { client: second, groupInstanceId: 'two', ...followed };
      const assigned = { [led.memberId]: 'first', [followed.memberId]: 'second' };
      const synced = await Promise.all([sync({ ...leader, ...again }, assigned), sync(follower)]);
      assert.deepEqual(synced, [
        [0, 'first'],
        [0, 'second'],
      ]);
      return { leader: { ...leader, ...again }, follower };
    }

    it('joins at once, and its name appears to the leader and in descriptions of the group', async () => {
      const { leader, follower } = await two();
      assert.ok(leader.memberId.startsWith('one-'), leader.memberId);
      const named = [leader, follower].map(
        ({ memberId, groupInstanceId }) => `${memberId} ${groupInstanceId}`,
      );
      const told = leader.members.map((each) => `${each.memberId} ${each.groupInstanceId}`);
      assert.deepEqual(new Set(told), new Set(named));
      const { groups } = await leader.client.ask<{ groups: { members: typeof leader.members }[] }>(
        'DescribeGroups',
        4,
        { groups: [groupId] },
      );
      const described = groups[0]!.members.map((each) => `${each.memberId} ${each.groupInstanceId}`);
      assert.deepEqual(new Set(described), new Set(named));
    });

    it('that rejoins gets its assignment back without a rebalance', async () => {
      const { leader, follower } = await two();
      const client = await connect();
      const back = await join(client, { groupInstanceId: 'two' });
      const { errorCode, generationId, skipAssignment, members } = back;
      assert.deepEqual([errorCode, generationId], [0, follower.generationId]);
      assert.deepEqual([back.leader, skipAssignment, members], [leader.memberId, false, []]);
      assert.notEqual(back.memberId, follower.memberId);
      const member = { ...follower, ...back, client };
      assert.deepEqual(await sync(member), [0, 'second']);
      assert.equal(await heartbeat(leader), 0);
      assert.equal(await heartbeat(member), 0);
    });

    it('that rejoins as the leader does not change the assignments', async () => {
      const { leader, follower } = await two();
      const older = await connect();
      const back = await join(older, { groupInstanceId: 'one' }, 8);
      assert.deepEqual([back.errorCode, back.leader, back.members], [0, leader.memberId, []]);
      assert.deepEqual(await sync({ ...leader, ...back, client: older }), [0, 'first']);
      // KIP-814: the answer tells newer clients that they lead, and that they have nothing to assign.
      const newer = await connect();
      const again = await join(newer, { groupInstanceId: 'one' });
      const told = [again.errorCode, again.leader, again.skipAssignment, again.members.length];
      assert.deepEqual(told, [0, again.memberId, true, 2]);
      assert.deepEqual(await sync({ ...leader, ...again, client: newer }), [0, 'first']);
      assert.equal(await heartbeat(follower), 0);
    });

    it('that rejoins with another protocol makes the group rebalance', async () => {
      const both = ['range', 'other'].map((name) => ({ name, metadata: Buffer.from('wants') }));
      const { follower } = await two({ protocols: both });
      const client = await connect();
      const joined = join(client, { groupInstanceId: 'one', protocols: [both[1]!] });
      while ((await heartbeat(follower)) === 0);
      assert.equal(await heartbeat(follower), error.rebalanceInProgress);
      const { memberId } = follower;
      const again = await join(follower.client, { groupInstanceId: 'two', memberId, protocols: both });
      assert.equal(again.errorCode, 0);
      assert.equal((await joined).generationId, again.generationId);
    });

    it('is fenced after another member has joined under its name', async () => {
      const { follower } = await two();
      const client = await connect();
      const back = await join(client, { groupInstanceId: 'two' });
      const { memberId, groupInstanceId, generationId: generation } = follower;
      assert.equal(await heartbeat(follower), error.fencedInstanceId);
      assert.deepEqual(await sync(follower), [error.fencedInstanceId, '']);
      const joined = await join(follower.client, { memberId, groupInstanceId });
      assert.equal(joined.errorCode, error.fencedInstanceId);
      assert.deepEqual(await leave(follower.client, { memberId, groupInstanceId }), [error.fencedInstanceId]);
      const committed = await follower.client.ask('OffsetCommit', 8, {
        groupId,
        memberId,
        groupInstanceId,
        generationIdOrMemberEpoch: generation,
        topics: [{ name: world.topic, partitions: [{ committedOffset: 1, committedMetadata: null }] }],
      });
      assert.deepEqual(errorsIn(committed), [error.fencedInstanceId]);
      assert.equal(await heartbeat({ ...follower, groupInstanceId: null }), error.unknownMemberId);
      assert.equal(await heartbeat({ ...follower, groupInstanceId: 'unknown' }), error.unknownMemberId);
      assert.equal(await heartbeat({ ...follower, ...back }), 0);
    });

    it('is fenced while it waits for the others', async () => {
      const { leader, follower } = await two();
      const waiting = join(await connect(), { groupInstanceId: 'three' });
      while ((await joinedMembers()) < 3);
      const usurping = join(await connect(), { groupInstanceId: 'three' });
      assert.equal((await waiting).errorCode, error.fencedInstanceId);
      const joined = await Promise.all([
        usurping,
        ...[leader, follower].map(({ client, groupInstanceId, memberId }) =>
          join(client, { groupInstanceId, memberId }),
        ),
      ]);
      for (const { errorCode, generationId } of joined) {
        assert.deepEqual([errorCode, generationId], [0, leader.generationId + 1]);
      }
    });

    async function joinedMembers(): Promise<number> {
      const { groups } = await world.client.ask<{ groups: { members: object[] }[] }>('DescribeGroups', 4, {
        groups: [groupId],
      });
      return groups[0]!.members.length;
    }

    it('stays in a group that rebalances without it', async () => {
      const { leader, follower } = await two({ rebalanceTimeoutMs: 500 });
      const third = await connect();
      const joins = join(third, { groupInstanceId: 'three', rebalanceTimeoutMs: 500 });
      while ((await heartbeat(leader)) === 0);
      const { memberId } = leader;
      const led = await join(leader.client, { groupInstanceId: 'one', memberId, rebalanceTimeoutMs: 500 });
      const ids = new Set(led.members.map(({ groupInstanceId }) => groupInstanceId));
      assert.deepEqual(ids, new Set(['one', 'two', 'three']));
      assert.equal((await joins).errorCode, 0);
      assert.ok(led.generationId > follower.generationId);
    });

    it('can be removed by its name alone, as an administrator does', async () => {
      const { leader, follower } = await two();
      const left = await leave(world.client, { groupInstanceId: 'two' }, { groupInstanceId: 'unknown' });
      assert.deepEqual(left, [0, error.unknownMemberId]);
      assert.equal(await heartbeat(follower), error.unknownMemberId);
      assert.equal(await heartbeat(leader), error.rebalanceInProgress);
      const { memberId, groupInstanceId } = leader;
      assert.deepEqual(await leave(leader.client, { memberId, groupInstanceId }), [0]);
      assert.equal(await joinedMembers(), 0);
    });
  });
}
