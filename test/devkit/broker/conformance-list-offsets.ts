import assert from 'node:assert/strict';
import { connectWithTopic, produce } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import type { ProtocolClient } from './protocol-client.ts';

const UNSUPPORTED_VERSION = 35;
const LAST_VERSION = 11;

/** The special timestamps: the number, and the first version of ListOffsets that knows it. */
const special = {
  latest: [-1, 1],
  earliest: [-2, 1],
  /** KIP-734. */
  maxTimestamp: [-3, 7],
  /** KIP-405. */
  earliestLocal: [-4, 8],
  /** KIP-1005. */
  latestTiered: [-5, 9],
  /** KIP-1023. */
  earliestPendingUpload: [-6, 11],
} as const;

interface Place {
  errorCode: number;
  timestamp: number;
  offset: number;
  leaderEpoch: number;
}

const nothing = { errorCode: 0, timestamp: -1, offset: -1, leaderEpoch: -1 };

export function listOffsetsSuite(broker: BrokerAddress): void {
  describe('ListOffsets', () => {
    let client: ProtocolClient;
    let topic: string;
    let start: number;

    beforeEach(async () => {
      ({ client, topic } = await connectWithTopic(broker.bootstrapServers));
      start = Date.now() - 60_000;
    });
    afterEach(() => client.close());

    async function find(timestamp: number, version = LAST_VERSION): Promise<Place> {
      const topics = [{ name: topic, partitions: [{ timestamp }] }];
      const answer = await client.ask<{ topics: { partitions: (Place & { partitionIndex: number })[] }[] }>(
        'ListOffsets',
        version,
        { replicaId: -1, topics },
      );
      const { partitionIndex, ...place } = answer.topics[0]!.partitions[0]!;
      assert.equal(partitionIndex, 0);
      return place;
    }

    /** A batch of one record for each time, in milliseconds after the start. */
    async function produceAt(times: number[], compression = 0): Promise<void> {
      const values = times.map((time) => `at ${time}`);
      const timestamps = times.map((time) => start + time);
      assert.equal((await produce(client, { topic, values, timestamps, compression })).errorCode, 0);
    }

    async function deleteBefore(offset: number): Promise<void> {
      const topics = [{ name: topic, partitions: [{ offset }] }];
      await client.ask('DeleteRecords', 2, { topics, timeoutMs: 10_000 });
    }

    const at = (time: number, offset: number) => ({
      errorCode: 0,
      timestamp: start + time,
      offset,
      leaderEpoch: 0,
    });

    it('finds the first record with the greatest timestamp, in plain and packed batches', async () => {
      const [max] = special.maxTimestamp;
      assert.deepEqual(await find(max), nothing);
      await produceAt([5, 9, 1]);
      assert.deepEqual(await find(max), at(9, 1));
      await produceAt([1, 9, 9], 1);
      await produceAt([8]);
      assert.deepEqual(await find(max), at(9, 1));
      await produceAt([10, 12, 12, 11], 1);
      assert.deepEqual(await find(max), at(12, 8));
      assert.deepEqual(await find(max, special.maxTimestamp[1]), at(12, 8));
    });

    it('skips deleted records of a batch', async () => {
      await produceAt([5, 9, 1]);
      await produceAt([7, 8]);
      await deleteBefore(2);
      assert.deepEqual(await find(start + 8), at(8, 4));
      assert.deepEqual(await find(start + 9), nothing);
      assert.deepEqual(await find(start + 1), at(1, 2));
    });

    it('reports the start of the local log, and that no records are elsewhere', async () => {
      await produceAt([1, 2, 3]);
      await deleteBefore(1);
      const local = { errorCode: 0, timestamp: -1, offset: 1, leaderEpoch: 0 };
      assert.deepEqual(await find(special.earliest[0]), local);
      assert.deepEqual(await find(special.earliestLocal[0]), local);
      assert.deepEqual(await find(special.latest[0]), { ...local, offset: 3 });
      assert.deepEqual(await find(special.latestTiered[0]), nothing);
      assert.deepEqual(await find(special.earliestPendingUpload[0]), nothing);
    });

    it('refuses each special time in the versions before its introduction, and every other negative time', async () => {
      const refused = { errorCode: UNSUPPORTED_VERSION, timestamp: -1, offset: -1 };
      await produceAt([1]);
      for (let version = 1; version <= LAST_VERSION; version++) {
        for (const [timestamp, first] of [...Object.values(special), [-7, 99], [-100, 99]] as const) {
          const { errorCode } = await find(timestamp, version);
          assert.equal(
            errorCode,
            version >= first ? 0 : UNSUPPORTED_VERSION,
            `${timestamp}, version ${version}`,
          );
        }
        const { leaderEpoch, ...answer } = await find(-9_000_000_000_000, version);
        assert.deepEqual([answer, leaderEpoch], [refused, version >= 4 ? -1 : undefined]);
      }
    });
  });
}
