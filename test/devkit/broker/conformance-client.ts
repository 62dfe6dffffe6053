import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CompressionTypes,
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type Consumer,
  type Producer,
} from 'kafkajs';
import type { BrokerAddress } from './conformance.ts';

export function clientSuite(broker: BrokerAddress): void {
  describe('KafkaJS', () => {
    let kafka: Kafka;
    let admin: Admin;
    let producer: Producer;
    let topic: string;
    let groupId: string;
    const consumers: Consumer[] = [];

    beforeEach(async () => {
      kafka = new Kafka({ brokers: [broker.bootstrapServers], logLevel: logLevel.NOTHING });
      topic = `topic-${randomUUID()}`;
      groupId = `group-${randomUUID()}`;
      admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
      producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
    });
    afterEach(async () => {
      await Promise.all([...consumers.splice(0), producer, admin].map((client) => client.disconnect()));
    });

    async function send(from: number, to: number, compression = CompressionTypes.None): Promise<void> {
      const numbers = Array.from({ length: to - from }, (_, i) => from + i);
      const messages = numbers.map((n) => ({
        key: `key-${n % 7}`,
        value: String(n),
        headers: { n: String(n) },
      }));
      await producer.send({ topic, messages, compression });
    }

    async function consume(take: Take): Promise<Consumer> {
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, heartbeatInterval: 200 });
      const number = consumers.push(consumer);
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          assert.equal(String(message.headers?.n), String(message.value));
          take({ key: String(message.key), n: Number(message.value), consumer: number });
        },
      });
      return consumer;
    }

    it('receives messages that it sent idempotently, plain and gzip, in order per key', async () => {
      for (let i = 0; i < 10; i++) {
        await send(i * 50, i * 50 + 50, i % 2 ? CompressionTypes.GZIP : CompressionTypes.None);
      }
      const { seen, take, has } = collector();
      await consume(take);
      await has(500);
      assert.equal(new Set(seen.map(({ n }) => n)).size, 500);
      for (const key of new Set(seen.map((each) => each.key))) {
        const numbers = seen.filter((each) => each.key === key).map(({ n }) => n);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
          key,
        );
      }
    });

    it('continues at the position of its group', async () => {
      await send(0, 20);
      const first = collector();
      const consumer = await consume(first.take);
      await first.has(20);
      await consumer.stop();
      await send(20, 30);
      const second = collector();
      await consume(second.take);
      await second.has(10);
      assert.ok(
        second.seen.every(({ n }) => n >= 20),
        JSON.stringify(second.seen),
      );
    });

    it('shares the partitions of a group, and takes over the partitions of a consumer that leaves', async function () {
      this.timeout(30_000);
      const all = collector();
      const first = await consume(all.take);
      await consume(all.take);
      await groupHas(2);
      await send(0, 40);
      await all.has(40);
      assert.deepEqual(new Set(all.seen.map(({ consumer }) => consumer)), new Set([1, 2]));
      await first.disconnect();
      await groupHas(1);
      await send(40, 80);
      await all.has(80);
      assert.ok(all.seen.slice(40).every(({ consumer }) => consumer === 2));
    });

    it('finds offsets by time, and deletes those of a group', async () => {
      await send(0, 10);
      const before = await admin.fetchTopicOffsetsByTimestamp(topic, Date.now() - 60_000);
      assert.ok(before.every(({ offset }) => offset === '0'));
      const { take, has } = collector();
      const consumer = await consume(take);
      await has(10);
      await consumer.disconnect();
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
      assert.ok(offsets!.partitions.some(({ offset }) => Number(offset) > 0));
      assert.equal((await admin.deleteGroups([groupId]))[0]!.errorCode, 0);
    });

    async function groupHas(members: number): Promise<void> {
      await until(async () => {
        const { groups } = await admin.describeGroups([groupId]);
        return groups[0]!.state === 'Stable' && groups[0]!.members.length === members;
      });
    }
  });
}

interface Received {
  key: string;
  n: number;
  consumer: number;
}

type Take = (received: Received) => void;

/** Gathers what the consumers of a group receive. */
function collector(): { seen: Received[]; take: Take; has: (count: number) => Promise<void> } {
  const seen: Received[] = [];
  return {
    seen,
    take: (received) => void seen.push(received),
    has: (count) => until(() => seen.length >= count),
  };
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 20));
}
