import assert from 'node:assert/strict';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import {
  createTopicAwareAssigner,
  readOwned,
  writeOwned,
  type AssignerCodec,
} from '../../../src/runtime/events/kafka/assigner.ts';
import {
  assignPartitions,
  type Share,
  type Subscriber,
} from '../../../src/runtime/events/kafka/partition-assignment.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const topicNames = ['a', 'b', 'c', 'd'];
const memberNames = upTo(8).map((index) => `member-${index}`);

const partitionsArbitrary = fc
  .tuple(
    ...topicNames.map((topic) =>
      fc.integer({ min: 0, max: 13 }).map((count) => [topic, upTo(count)] as const),
    ),
  )
  .map((entries) => new Map(entries));
/** The holdings that members report, which may be anything. */
const ownedArbitrary = fc
  .dictionary(fc.constantFrom(...topicNames, 'gone'), fc.array(fc.integer({ min: 0, max: 15 })))
  .map((owned) => new Map(Object.entries(owned)));
const subscriberArbitrary = (topics: fc.Arbitrary<string[]>) =>
  fc.uniqueArray(fc.record({ memberId: fc.constantFrom(...memberNames), topics, owned: ownedArbitrary }), {
    minLength: 1,
    selector: ({ memberId }) => memberId,
  });
const someTopics = fc.subarray(topicNames);
const oneOfTwo = fc.constantFrom<string[]>(['a', 'b'], ['a', 'b', 'c']);

const byName = (a: string, b: string): number => a.localeCompare(b);

type Assignment = Map<string, Share>;
const places = (share: Share | undefined): string[] =>
  [...(share ?? [])].flatMap(([topic, partitions]) => partitions.map((partition) => `${topic}/${partition}`));
const ownerOf = (assignment: Assignment): Map<string, string> =>
  new Map([...assignment].flatMap(([id, share]) => places(share).map((place) => [place, id] as const)));
const within1 = (counts: number[]): boolean =>
  counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1;
const holding = (subscribers: Subscriber[], assignment: Assignment): Subscriber[] =>
  subscribers.map((each) => ({ ...each, owned: assignment.get(each.memberId) ?? new Map() }));
const newcomer = (topics: readonly string[]): Subscriber => ({
  memberId: 'member-9',
  topics,
  owned: new Map(),
});

describe('the assignment of partitions', () => {
  const property = (
    topics: fc.Arbitrary<string[]>,
    check: (subscribers: Subscriber[], partitions: Map<string, number[]>) => void,
  ): void =>
    fc.assert(fc.property(subscriberArbitrary(topics), partitionsArbitrary, check), { numRuns: 300 });

  it('gives every partition of a topic that is asked for once, to a member that asks for it', () => {
    property(someTopics, (subscribers, partitions) => {
      const assignment = assignPartitions(subscribers, partitions);
      for (const { memberId, topics } of subscribers) {
        assert.ok([...(assignment.get(memberId)?.keys() ?? [])].every((topic) => topics.includes(topic)));
      }
      const given = [...assignment.values()].flatMap(places);
      const asked = [...partitions].filter(([topic]) =>
        subscribers.some(({ topics }) => topics.includes(topic)),
      );
      assert.deepEqual(given.toSorted(byName), places(new Map(asked)).toSorted(byName));
    });
  });

  it('is even: within one for each topic, and in all for members that ask for the same', () => {
    property(oneOfTwo, (subscribers, partitions) => {
      const assignment = assignPartitions(subscribers, partitions);
      const counts = (those: Subscriber[], topic?: string): number[] =>
        those.map(({ memberId }) => {
          const share = assignment.get(memberId);
          return topic ? (share?.get(topic)?.length ?? 0) : places(share).length;
        });
      for (const topic of topicNames) {
        const asking = subscribers.filter(({ topics }) => topics.includes(topic));
        assert.ok(within1(counts(asking, topic)), `${topic} is uneven`);
      }
      for (const size of [2, 3])
        assert.ok(within1(counts(subscribers.filter(({ topics }) => topics.length === size))));
    });
  });

  it('is the same whatever the order of members, topics and holdings', () => {
    property(someTopics, (subscribers, partitions) => {
      const reversed = new Map([...partitions].toReversed().map(([topic, all]) => [topic, all.toReversed()]));
      assert.deepEqual(
        ownerOf(assignPartitions(subscribers, partitions)),
        ownerOf(assignPartitions(subscribers.toReversed(), reversed)),
      );
    });
  });

  it('moves nothing when nothing has changed', () => {
    property(someTopics, (subscribers, partitions) => {
      const before = assignPartitions(subscribers, partitions);
      assert.deepEqual(ownerOf(assignPartitions(holding(subscribers, before), partitions)), ownerOf(before));
    });
  });

  it('moves partitions only to joining and from leaving members, except one for each topic to keep the sums even', () => {
    property(oneOfTwo, (subscribers, partitions) => {
      const before = assignPartitions(subscribers, partitions);
      const stay = holding(subscribers, before);
      for (const topics of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
        const joined = assignPartitions([...stay, newcomer(topics)], partitions);
        assertFewMoves(before, joined, (from, to) => to === 'member-9' || !from);
      }
      const [leaving, ...left] = stay;
      const after = assignPartitions(left, partitions);
      assertFewMoves(before, after, (from) => from === leaving?.memberId);
    });
  });

  function assertFewMoves(
    before: Assignment,
    after: Assignment,
    needed: (from: string | undefined, to: string) => boolean,
  ): void {
    const owners = ownerOf(before);
    const moved = [...ownerOf(after)].filter(([place, to]) => {
      const from = owners.get(place);
      return from !== to && !needed(from, to);
    });
    assert.ok(
      moved.length <= topicNames.length,
      `${moved.length} partitions moved: ${JSON.stringify(moved)}`,
    );
  }
});

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
const codec: AssignerCodec = {
  readSubscription: (metadata) => MemberMetadata.decode(metadata) ?? { topics: [], userData: null },
  writeSubscription: (topics, userData) =>
    MemberMetadata.encode({ version: 0, topics: [...topics], userData }),
  writeAssignment: (assignment) =>
    MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
};

describe('the topic-aware assigner', () => {
  const subscription = (topics: string[], userData: Buffer) =>
    MemberMetadata.encode({ version: 1, topics, userData });

  async function assigned(
    members: Record<string, Buffer>,
  ): Promise<Record<string, Record<string, number[]>>> {
    const assigner = createTopicAwareAssigner({
      codec,
      owned: () => [],
      partitionsOf: async (topic) => (topic === 'gone' ? [] : [0, 1, 2, 3]),
    });
    const shares = await assigner.assign({
      members: Object.entries(members).map(([memberId, memberMetadata]) => ({ memberId, memberMetadata })),
    });
    return Object.fromEntries(
      shares.map(({ memberId, memberAssignment }) => [
        memberId,
        { ...MemberAssignment.decode(memberAssignment)?.assignment },
      ]),
    );
  }

  it('encodes the topics and partitions of its member as other members decode them', () => {
    const owned = [
      { topic: 'a', partition: 2 },
      { topic: 'b', partition: 0 },
      { topic: 'a', partition: 1 },
    ];
    const assigner = createTopicAwareAssigner({ codec, owned: () => owned, partitionsOf: async () => [] });
    const { topics, userData } = codec.readSubscription(assigner.protocol({ topics: ['a', 'b'] }).metadata);
    assert.deepEqual(topics, ['a', 'b']);
    assert.deepEqual(
      readOwned(userData),
      new Map([
        ['a', [2, 1]],
        ['b', [0]],
      ]),
    );
  });

  it('assigns topics that its own member does not consume to the members that do', async () => {
    const none = Buffer.alloc(0);
    const shares = await assigned({
      one: subscription(['a'], none),
      two: subscription(['a', 'b', 'gone'], writeOwned([{ topic: 'a', partition: 0 }])),
    });
    assert.deepEqual(shares, { one: { a: [1, 2] }, two: { a: [0, 3], b: [0, 1, 2, 3] } });
  });

  for (const [what, userData] of Object.entries({
    'no JSON': Buffer.from([0xff, 0, 1]),
    'another type': Buffer.from('"a"'),
    null: Buffer.from('null'),
    'other values': Buffer.from('{"a":"0","b":[1.5],"c":null}'),
  })) {
    it(`treats holdings that are ${what} as none`, async () => {
      assert.deepEqual(readOwned(userData), new Map());
      const shares = await assigned({
        one: subscription(['a'], userData),
        two: subscription(['a'], Buffer.alloc(0)),
      });
      assert.deepEqual(new Set(Object.values(shares).flatMap(({ a }) => a ?? [])), new Set([0, 1, 2, 3]));
    });
  }

  it('gives nothing to a member whose metadata it cannot read, and all to the others', async () => {
    const shares = await assigned({ one: Buffer.from([0]), two: subscription(['a'], Buffer.alloc(0)) });
    assert.deepEqual(shares, { one: {}, two: { a: [0, 1, 2, 3] } });
  });
});
