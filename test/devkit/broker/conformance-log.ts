import assert from 'node:assert/strict';
import { batch, connectWithTopic, fetch, fetchArguments, produce, type FetchAnswer } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import { connectProtocol, encodeRequest, type ProtocolClient } from './protocol-client.ts';

const error = {
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  coordinatorLoadInProgress: 14,
  invalidRequiredAcks: 21,
  invalidTimestamp: 32,
  outOfOrderSequence: 45,
  invalidProducerEpoch: 47,
  fetchSessionIdNotFound: 70,
};

export function logSuite(broker: BrokerAddress): void {
  describe('a partition', () => {
    let client: ProtocolClient;
    let topic: string;

    beforeEach(async () => {
      ({ client, topic } = await connectWithTopic(broker.bootstrapServers));
    });
    afterEach(() => client.close());

    /** A newly started Apache Kafka answers that its coordinator is loading. */
    async function newProducer(): Promise<number> {
      let answer = { errorCode: error.coordinatorLoadInProgress, producerId: '' };
      while (answer.errorCode === error.coordinatorLoadInProgress) {
        answer = await client.call('InitProducerId', 1, { transactionTimeout: 0 });
      }
      assert.equal(answer.errorCode, 0);
      return Number(answer.producerId);
    }

    async function values(offset = 0): Promise<string[]> {
      const { messages } = await fetch(client, { topic, offset });
      return messages.map(({ value }) => value.toString());
    }

    async function offsetAt(timestamp: number): Promise<string> {
      const answer = await client.call<{ responses: { partitions: { offset: string }[] }[] }>(
        'ListOffsets',
        3,
        {
          replicaId: -1,
          isolationLevel: 0,
          topics: [{ topic, partitions: [{ partition: 0, timestamp }] }],
        },
      );
      return answer.responses[0]!.partitions[0]!.offset;
    }

    describe('Produce', () => {
      for (const acks of [-1, 1]) {
        it(`answers acks ${acks} with the offset of the first record`, async () => {
          assert.equal((await produce(client, { topic, values: ['a', 'b'], acks })).baseOffset, '0');
          assert.equal((await produce(client, { topic, values: ['c'], acks })).baseOffset, '2');
          assert.deepEqual(await values(), ['a', 'b', 'c']);
        });
      }

      it('does not answer acks 0, and appends', async () => {
        client.write(await encodeRequest('Produce', 7, batch({ topic, values: ['a'], acks: 0 }), 1));
        client.write(await encodeRequest('ListGroups', 2, {}, 2));
        assert.equal(
          (await client.read()).readInt32BE(0),
          2,
          'the first answer is that of the second request',
        );
        assert.deepEqual(await values(), ['a']);
      });

      it('refuses acks 2', async () => {
        const answer = await produce(client, { topic, values: ['a'], acks: 2 });
        assert.equal(answer.errorCode, error.invalidRequiredAcks);
      });

      it('refuses an unknown topic', async () => {
        const answer = await produce(client, { topic: `${topic}-unknown`, values: ['a'] });
        assert.equal(answer.errorCode, error.unknownTopicOrPartition);
      });

      it('refuses a batch that was damaged on the way', async () => {
        const bytes = await encodeRequest('Produce', 7, batch({ topic, values: ['damaged'] }));
        bytes.write('D', bytes.lastIndexOf('damaged'));
        client.write(bytes);
        const answer = await client.read();
        const afterTopic = 4 + 4 + 2 + topic.length + 4;
        assert.equal(answer.readInt16BE(afterTopic + 4), error.corruptMessage);
        assert.deepEqual(await values(), []);
      });

      it('refuses a timestamp more than an hour ahead, and accepts an old one', async () => {
        const at = (timestamp: number) => produce(client, { topic, values: ['a'], timestamp });
        assert.equal((await at(Date.now() + 3_660_000)).errorCode, error.invalidTimestamp);
        assert.equal((await at(Date.now() + 3_540_000)).errorCode, 0);
        assert.equal((await at(1)).errorCode, 0);
      });

      it('refuses a batch of more than a megabyte', async () => {
        const answer = await produce(client, { topic, values: ['x'.repeat(1_100_000)] });
        assert.equal(answer.errorCode, error.messageTooLarge);
      });

      it('stores a gzip batch unchanged', async () => {
        await produce(client, { topic, values: ['a', 'b'] });
        const answer = await produce(client, { topic, values: ['c', 'd'], compression: 1 });
        assert.equal(answer.baseOffset, '2');
        assert.deepEqual(await values(), ['a', 'b', 'c', 'd']);
      });
    });

    describe('an idempotent producer', () => {
      it('gets the same offset for a batch sent again, which is not appended again', async () => {
        const producerId = await newProducer();
        for (const sequence of [0, 1, 2])
          await produce(client, { topic, values: ['a'], producerId, sequence });
        const again = await produce(client, { topic, values: ['a'], producerId, sequence: 1 });
        assert.deepEqual([again.errorCode, again.baseOffset], [0, '1']);
        assert.equal((await values()).length, 3);
      });

      it('is refused when it skips a sequence', async () => {
        const producerId = await newProducer();
        await produce(client, { topic, values: ['a'], producerId });
        const answer = await produce(client, { topic, values: ['c'], producerId, sequence: 2 });
        assert.equal(answer.errorCode, error.outOfOrderSequence);
        assert.deepEqual(await values(), ['a']);
      });

      it('starts again at 0 with a new epoch, and the old epoch is refused', async () => {
        const producerId = await newProducer();
        await produce(client, { topic, values: ['a'], producerId });
        const late = await produce(client, {
          topic,
          values: ['x'],
          producerId,
          producerEpoch: 1,
          sequence: 5,
        });
        assert.equal(late.errorCode, error.outOfOrderSequence);
        const next = await produce(client, { topic, values: ['b'], producerId, producerEpoch: 1 });
        assert.equal(next.errorCode, 0);
        const old = await produce(client, { topic, values: ['x'], producerId, sequence: 1 });
        assert.equal(old.errorCode, error.invalidProducerEpoch);
        assert.deepEqual(await values(), ['a', 'b']);
      });

      it('has an id of its own', async () => {
        assert.notEqual(await newProducer(), await newProducer());
      });
    });

    describe('Fetch', () => {
      it('starts with the batch that holds the offset', async () => {
        await produce(client, { topic, values: ['a', 'b'] });
        await produce(client, { topic, values: ['c', 'd'] });
        await produce(client, { topic, values: ['e'] });
        assert.deepEqual(await values(3), ['c', 'd', 'e']);
        assert.deepEqual(await values(5), []);
      });

      it('refuses an offset beyond the end', async () => {
        assert.equal((await fetch(client, { topic, offset: 1 })).errorCode, error.offsetOutOfRange);
      });

      it('returns the first batch even if it is larger than the requested maximum', async () => {
        await produce(client, { topic, values: ['a'.repeat(1000)] });
        await produce(client, { topic, values: ['b'.repeat(1000)] });
        const { messages } = await fetch(client, { topic, offset: 0, maxBytes: 100 });
        assert.equal(messages.length, 1);
      });

      it('answers an empty fetch after the maximum wait', async () => {
        const start = performance.now();
        const { messages, highWatermark } = await fetch(client, { topic, offset: 0, maxWait: 200 });
        assert.ok(performance.now() - start >= 190, `${performance.now() - start} ms`);
        assert.deepEqual([messages, highWatermark], [[], '0']);
      });

      it('answers a waiting fetch as soon as there are enough bytes', async () => {
        const other = await connectProtocol(broker.bootstrapServers);
        const start = performance.now();
        const fetching = fetch(other, { topic, offset: 0, maxWait: 20_000, minBytes: 300 });
        await produce(client, { topic, values: ['a'.repeat(100)] });
        await produce(client, { topic, values: ['b'.repeat(100)] });
        assert.equal((await fetching).messages.length, 2);
        assert.ok(performance.now() - start < 10_000, `${performance.now() - start} ms`);
        other.close();
      });

      it('refuses an unknown fetch session', async () => {
        const args = { ...fetchArguments({ topic, offset: 0 }), sessionId: 12345, sessionEpoch: 3 };
        const answer = await client.call<FetchAnswer>('Fetch', 11, args);
        assert.equal(answer.errorCode, error.fetchSessionIdNotFound);
      });

      it('names an unknown partition', async () => {
        const answer = await fetch(client, { topic: `${topic}-unknown`, offset: 0 });
        assert.equal(answer.errorCode, error.unknownTopicOrPartition);
      });
    });

    describe('ListOffsets', () => {
      it('finds the first offset and the next one', async () => {
        await produce(client, { topic, values: ['a', 'b'] });
        assert.deepEqual([await offsetAt(-2), await offsetAt(-1)], ['0', '2']);
      });

      it('finds the first record at or after a time, in plain and gzip batches, and -1 beyond the last', async () => {
        const start = Date.now() - 60_000;
        await produce(client, { topic, values: ['a', 'b'], timestamp: start });
        await produce(client, { topic, values: ['c', 'd'], timestamp: start + 1000, compression: 1 });
        await produce(client, { topic, values: ['e'], timestamp: start + 2000 });
        const found = await Promise.all([offsetAt(start - 1), offsetAt(start)]);
        assert.deepEqual(found, ['0', '0']);
        assert.deepEqual(
          [await offsetAt(start + 1), await offsetAt(start + 1500), await offsetAt(start + 2001)],
          ['2', '4', '-1'],
        );
      });
    });
  });
}
