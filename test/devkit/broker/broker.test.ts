import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type BrokerOptions } from '../../../src/devkit/broker/broker.ts';
import { connectWithTopic, fetch, produce } from './batches.ts';
import { connectProtocol } from './protocol-client.ts';

const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const INVALID_REQUEST = 42;

describe('startBroker', () => {
  const cleanups: (() => unknown)[] = [];

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function start(options: BrokerOptions = {}) {
    const broker = await startBroker(options);
    cleanups.push(() => broker.stop());
    return broker;
  }

  async function startWithTopic(options: BrokerOptions = {}) {
    const broker = await start(options);
    const { client, topic } = await connectWithTopic(broker.bootstrapServers);
    cleanups.push(() => client.close());
    return { broker, client, topic };
  }

  it('returns the advertised host to clients, and can be stopped twice', async () => {
    const broker = await start({ advertisedHost: 'localhost' });
    assert.equal(broker.bootstrapServers, `localhost:${broker.port}`);
    const client = await connectProtocol(broker.bootstrapServers);
    const { brokers } = await client.call<{ brokers: object[] }>('Metadata', 6, { topics: [] });
    assert.deepEqual(brokers, [{ nodeId: 1, host: 'localhost', port: broker.port, rack: null }]);
    await Promise.all([broker.stop(), broker.stop()]);
    await client.closed;
  });

  it('refuses to start in production', async () => {
    const before = process.env.NODE_ENV;
    cleanups.push(() => {
      if (before === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = before;
    });
    process.env.NODE_ENV = 'production';
    await assert.rejects(startBroker(), /NODE_ENV=production; use a real Kafka cluster/);
  });

  it('does not change the files when its port is taken', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'broker-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    const { broker } = await startWithTopic({ directory });
    const journal = join(directory, 'journal.jsonl');
    const kept = await readFile(journal, 'utf8');
    await assert.rejects(startBroker({ directory, port: broker.port }), { code: 'EADDRINUSE' });
    assert.equal(await readFile(journal, 'utf8'), kept);
  });

  it('answers a waiting fetch when its topic is deleted', async () => {
    const { broker, client, topic } = await startWithTopic();
    const other = await connectProtocol(broker.bootstrapServers);
    const fetching = fetch(other, { topic, offset: 0, maxWait: 20_000 });
    await client.call('DeleteTopics', 1, { topics: [topic] });
    assert.equal((await fetching).errorCode, UNKNOWN_TOPIC_OR_PARTITION);
  });

  it('answers a fetch with records of several segments', async () => {
    const { client, topic } = await startWithTopic();
    const configEntries = [{ name: 'segment.bytes', value: '1048576' }];
    const resources = [{ type: 2, name: topic, configEntries }];
    await client.call('AlterConfigs', 1, { resources });
    for (let i = 0; i < 10; i++) await produce(client, { topic, values: [`${i}`.repeat(400_000)] });
    const offsets = async (offset: number, maxBytes: number) => {
      const { messages } = await fetch(client, { topic, offset, minBytes: maxBytes, maxBytes });
      return messages.map((message) => Number(message.offset));
    };
    assert.deepEqual(await offsets(0, 10_000_000), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(await offsets(3, 1_600_000), [3, 4, 5]);
    assert.deepEqual(await offsets(9, 1_600_000), [9]);
    assert.deepEqual(await offsets(10, 1_600_000), []);
  });

  it('refuses transactions', async () => {
    const { client } = await startWithTopic();
    const refused = { errorCode: INVALID_REQUEST, throttleTimeMs: 0 };
    const transactional = { transactionalId: 'transactional', transactionTimeoutMs: 1000 };
    const producer = await client.ask<object>('InitProducerId', 5, transactional);
    assert.deepEqual(producer, { ...refused, producerId: -1, producerEpoch: -1 });
    const { coordinators } = await client.ask<{
      coordinators: { errorCode: number; errorMessage: string }[];
    }>('FindCoordinator', 6, { keyType: 1, coordinatorKeys: ['transactional'] });
    assert.equal(coordinators[0]!.errorCode, INVALID_REQUEST);
    assert.match(coordinators[0]!.errorMessage, /neither transactions/);
  });

  it('finds the greatest timestamp among the remaining records', async () => {
    const { client, topic } = await startWithTopic();
    const start = Date.now() - 60_000;
    const latest = async () => {
      interface Answer {
        topics: { partitions: { offset: number; timestamp: number }[] }[];
      }
      const topics = [{ name: topic, partitions: [{ timestamp: -3 }] }];
      const answer = await client.ask<Answer>('ListOffsets', 7, { replicaId: -1, topics });
      const { offset, timestamp } = answer.topics[0]!.partitions[0]!;
      return [offset, timestamp === -1 ? timestamp : timestamp - start];
    };
    const remove = (offset: number) =>
      client.ask('DeleteRecords', 2, { topics: [{ name: topic, partitions: [{ offset }] }] });
    const values = ['a', 'b', 'c'];
    await produce(client, { topic, values, timestamps: [start + 9, start + 7, start + 1] });
    await produce(client, { topic, values, timestamps: [start + 5, start + 6, start + 6] });
    assert.deepEqual(await latest(), [0, 9]);
    for (const [first, ...expected] of [
      [1, 1, 7],
      [2, 4, 6],
      [5, 5, 6],
      [6, -1, -1],
    ] as const) {
      await remove(first);
      assert.deepEqual(await latest(), expected);
    }
  });

  it('shares the space among all partitions, but gives each at least a megabyte', async () => {
    const { client, topic } = await startWithTopic({ totalRetentionBytes: 8 * 1024 * 1024 });
    const retention = async () => {
      const resources = [{ type: 2, name: topic, configNames: ['retention.bytes'] }];
      interface Answer {
        resources: { configEntries: { configValue: string }[] }[];
      }
      const answer = await client.call<Answer>('DescribeConfigs', 2, { resources });
      return Number(answer.resources[0]!.configEntries[0]!.configValue) / 1024 / 1024;
    };
    const other = { topic: 'other', replicationFactor: 1 };
    assert.equal(await retention(), 8);
    await client.call('CreateTopics', 3, { topics: [{ ...other, numPartitions: 3 }] });
    assert.equal(await retention(), 2);
    await client.call('CreatePartitions', 1, { topicPartitions: [{ topic: 'other', count: 30 }] });
    assert.equal(await retention(), 1);
    for (let i = 0; i < 40; i++) await produce(client, { topic, values: ['x'.repeat(100_000)] });
    assert.equal((await fetch(client, { topic, offset: 20 })).errorCode, OFFSET_OUT_OF_RANGE);
    await client.call('DeleteTopics', 1, { topics: ['other'] });
    assert.equal(await retention(), 8);
  });

  it('keeps a partition in memory within its retention', async () => {
    const { client, topic } = await startWithTopic({ retentionBytes: 1024 * 1024 });
    for (let i = 0; i < 40; i++) await produce(client, { topic, values: ['x'.repeat(100_000)] });
    assert.equal((await fetch(client, { topic, offset: 20 })).errorCode, OFFSET_OUT_OF_RANGE);
    assert.ok((await fetch(client, { topic, offset: 30 })).messages.length > 0);
  });
});
