import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { answerForKafkaJs } from '../../../src/runtime/events/kafka/kafkajs/fetch.ts';
import type { FetchedPartition } from '../../../src/runtime/events/kafka/kafkajs/fetch-answer.ts';
import { groupPartitionsQuickly } from '../../../src/runtime/events/kafka/kafkajs/fixes.ts';

interface Group {
  prototype: { findReadReplicaForPartitions: (this: object, topic: string, partitions: number[]) => object };
}

const require = createRequire(import.meta.url);
const name = 'kafkajs/src/consumer/consumerGroup';

/** The function of KafkaJS, even if another test file has replaced it. */
function loadOriginal(): Group['prototype']['findReadReplicaForPartitions'] {
  const file = require.resolve(name);
  const cached = require.cache[file];
  delete require.cache[file];
  const { prototype }: Group = require(name);
  if (cached) require.cache[file] = cached;
  else delete require.cache[file];
  return prototype.findReadReplicaForPartitions;
}

const original = loadOriginal();
const quick = (): Group['prototype']['findReadReplicaForPartitions'] => {
  groupPartitionsQuickly();
  const { prototype }: Group = require(name);
  return prototype.findReadReplicaForPartitions;
};

const leader = fc.option(fc.nat({ max: 3 }), { freq: 10 });
const groups = fc.record({
  leaders: fc.array(leader, { maxLength: 12 }),
  preferred: fc.option(
    fc.dictionary(
      fc.nat({ max: 11 }).map(String),
      fc.record({ nodeId: fc.nat({ max: 3 }), expireAt: fc.constantFrom(0, Infinity) }),
    ),
  ),
  partitions: fc.uniqueArray(fc.nat({ max: 13 })),
});

describe('a member with many partitions', () => {
  it('groups them by their brokers as KafkaJS does', () => {
    const find = quick();
    assert.notEqual(find, original);
    fc.assert(
      fc.property(groups, ({ leaders, preferred, partitions }) => {
        const group = () => ({
          cluster: {
            findTopicPartitionMetadata: () =>
              leaders.map((each, partitionId) => ({ partitionId, leader: each })),
          },
          preferredReadReplicasPerTopicPartition: preferred === null ? {} : { t: { ...preferred } },
          logger: { debug() {} },
        });
        const outcome = (how: typeof original): object => {
          try {
            return how.call(group(), 't', partitions);
          } catch (error) {
            return { message: String(error) };
          }
        };
        assert.deepEqual(outcome(find), outcome(original));
      }),
    );
  });

  it('looks at each partition once to group them', () => {
    let looks = 0;
    const metadata = Array.from({ length: 600 }, (_, number) => ({
      get partitionId() {
        looks += 1;
        return number;
      },
      leader: 1,
    }));
    const cluster = { findTopicPartitionMetadata: () => metadata };
    const partitions = metadata.map((_, number) => number);
    const found = quick().call({ cluster, preferredReadReplicasPerTopicPartition: {} }, 't', partitions);
    assert.deepEqual(found, { 1: partitions });
    assert.equal(looks, 600);
  });

  it('handles only the partitions of a response that have a result', () => {
    const empty: FetchedPartition = {
      ...{ partition: 0, errorCode: 0, highWatermark: 5, lastStableOffset: 5, preferredReadReplica: -1 },
      ...{ records: [], next: 5 },
    };
    const partitions: FetchedPartition[] = [
      empty,
      { ...empty, partition: 1, next: 6 }, // a marker of a transaction
      { ...empty, partition: 2, errorCode: 6 },
      { ...empty, partition: 3, preferredReadReplica: 2 },
      { ...empty, partition: 4, damage: { offset: 5, last: 5, reason: 'the checksum differs' } },
      { ...empty, partition: 5, preferredReadReplica: undefined },
    ];
    const response = { throttleTime: 0, errorCode: 0, sessionId: 0, topics: [{ topic: 't', partitions }] };
    const { responses } = answerForKafkaJs(response, 11, () => 5) as {
      responses: [{ partitions: { partition: number }[] }];
    };
    assert.deepEqual(
      responses[0].partitions.map(({ partition }) => partition),
      [1, 2, 3, 4],
    );
  });
});
