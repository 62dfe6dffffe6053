import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type Broker, type BrokerOptions } from '../../../src/devkit/broker/broker.ts';
import { connectWithTopic, fetch, produce } from './batches.ts';
import { startBrokerProcess } from './broker-process.ts';
import { connectProtocol, type ProtocolClient } from './protocol-client.ts';
import { topicIdOf } from './versions/world.ts';

const MESSAGE_TOO_LARGE = 10;
const OUT_OF_ORDER_SEQUENCE = 45;
const OFFSET_OUT_OF_RANGE = 1;

describe('a broker with a directory', () => {
  let directory: string;
  let broker: Broker | undefined;
  let client: ProtocolClient;
  let topic: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'broker-'));
    broker = await startBroker({ directory });
    ({ client, topic } = await connectWithTopic(broker.bootstrapServers));
  });
  afterEach(async () => {
    client.close();
    await broker?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function restart(options: BrokerOptions = {}): Promise<void> {
    client.close();
    await broker?.stop();
    broker = await startBroker({ directory, ...options });
    client = await connectProtocol(broker.bootstrapServers);
  }

  async function values(offset = 0): Promise<string[]> {
    const { messages } = await fetch(client, { topic, offset });
    return messages.map(({ value }) => value.toString());
  }

  /** The files of the partition's log, oldest first. */
  async function logFiles(): Promise<string[]> {
    const folder = join(directory, 'topics', `${topic}-0`);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    return names.toSorted((a, b) => a.localeCompare(b)).map((name) => join(folder, name));
  }

  it('starts with the stored records, and continues at the next offset', async () => {
    for (let i = 0; i < 200; i++) await produce(client, { topic, values: ['x'.repeat(10_000)] });
    await broker?.stop();
    await restart();
    assert.equal((await produce(client, { topic, values: ['next'] })).baseOffset, '200');
    assert.deepEqual(await values(200), ['next']);
  });

  it('keeps the offsets of groups, and forgets those of deleted topics', async () => {
    const commit = { groupId: 'group', groupGenerationId: -1, memberId: '' };
    const partitions = [{ partition: 0, offset: '3', metadata: 'note' }];
    await client.call('OffsetCommit', 5, { ...commit, topics: [{ topic, partitions }] });
    await restart();
    assert.deepEqual(await committed(), ['3', 'note']);
    await client.call('DeleteTopics', 1, { topics: [topic] });
    await restart();
    assert.deepEqual(await committed(), ['-1', '']);
    assert.deepEqual(await readdir(join(directory, 'topics')), []);
  });

  it('keeps the id of a topic, gives an id to a topic without one, and a new id to a recreated topic', async () => {
    const id = await topicIdOf(client, topic);
    await restart();
    assert.equal(await topicIdOf(client, topic), id);
    await client.call('DeleteTopics', 1, { topics: [topic] });
    await client.call('CreateTopics', 3, { topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    const successor = await topicIdOf(client, topic);
    assert.notEqual(successor, id);
    await restart();
    assert.equal(await topicIdOf(client, topic), successor);

    await broker?.stop();
    const journal = join(directory, 'journal.jsonl');
    await writeFile(journal, (await readFile(journal, 'utf8')).replaceAll(/"id":"[\w-]+",/g, ''));
    await restart();
    const given = await topicIdOf(client, topic);
    await restart();
    assert.equal(await topicIdOf(client, topic), given);
  });

  it('returns no offsets for a topic that is missing in its journal', async () => {
    const partitions = [{ partition: 0, offset: '3', metadata: null }];
    const commit = { groupId: 'group', groupGenerationId: -1, memberId: '' };
    await client.call('OffsetCommit', 5, { ...commit, topics: [{ topic, partitions }] });
    await broker?.stop();
    const journal = join(directory, 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).split('\n');
    await writeFile(journal, lines.filter((line) => !line.startsWith('["topic"')).join('\n'));
    await restart();
    const groups = [{ groupId: 'group', topics: null }];
    const answer = await client.ask<{ groups: { topics: object[] }[] }>('OffsetFetch', 10, { groups });
    assert.deepEqual(answer.groups[0]!.topics, []);
  });

  async function committed(): Promise<string[]> {
    interface Answer {
      responses: { partitions: { offset: string; metadata: string }[] }[];
    }
    const topics = [{ topic, partitions: [{ partition: 0 }] }];
    const answer = await client.call<Answer>('OffsetFetch', 4, { groupId: 'group', topics });
    const { offset, metadata } = answer.responses[0]!.partitions[0]!;
    return [offset, metadata];
  }

  async function newProducer(): Promise<number> {
    const answer = await client.call<{ producerId: string }>('InitProducerId', 1, { transactionTimeout: 0 });
    return Number(answer.producerId);
  }

  it('keeps the sequences of producers, even when their log has begun a new file', async () => {
    const producerId = await newProducer();
    for (let sequence = 0; sequence < 20; sequence++) {
      await produce(client, { topic, values: ['x'.repeat(1_000_000)], producerId, sequence });
    }
    assert.equal((await logFiles()).length, 2);
    await restart();
    const again = await produce(client, { topic, values: ['x'.repeat(1_000_000)], producerId, sequence: 19 });
    assert.deepEqual([again.errorCode, again.baseOffset], [0, '19']);
    const gap = await produce(client, { topic, values: ['y'], producerId, sequence: 21 });
    assert.equal(gap.errorCode, OUT_OF_ORDER_SEQUENCE);
    assert.notEqual(await newProducer(), producerId);
  });

  it('refuses a second broker, and names the process that holds the directory', async () => {
    const refused = `belongs to the broker at 127.0.0.1:${broker!.port} (process ${process.pid})`;
    await assert.rejects(startBroker({ directory }), (error: Error) => error.message.includes(refused));
    await produce(client, { topic, values: ['kept'] });
    await restart();
    assert.deepEqual(await values(), ['kept']);
  });

  it('starts after a broker was killed, even if another program got its process id or its port', async () => {
    await broker?.stop();
    const child = await startBrokerProcess(directory);
    const held = await readFile(join(directory, 'broker.lock'), 'utf8');
    await assert.rejects(startBroker({ directory }), /belongs to the broker/);
    await child.kill();
    await restart();
    const alive = { ...JSON.parse(held), pid: process.pid };
    await broker?.stop();
    await writeFile(join(directory, 'broker.lock'), JSON.stringify(alive));
    await restart();
    await broker?.stop();
    const other = await startBroker();
    const taken = { ...JSON.parse(held), port: other.port };
    await writeFile(join(directory, 'broker.lock'), JSON.stringify(taken));
    await restart();
    await other.stop();
    await broker?.stop();
    await writeFile(join(directory, 'broker.lock'), '');
    await restart();
    assert.deepEqual(await values(), []);
  });

  it('keeps the start of a partition after records were deleted', async () => {
    await produce(client, { topic, values: ['a', 'b', 'c'] });
    await client.call('DeleteRecords', 1, {
      topics: [{ topic, partitions: [{ partition: 0, offset: '2' }] }],
    });
    await restart();
    assert.equal(await firstOffset(), 2);
  });

  it('keeps a changed configuration', async () => {
    const configEntries = [{ name: 'max.message.bytes', value: '100' }];
    await client.call('AlterConfigs', 1, { resources: [{ type: 2, name: topic, configEntries }] });
    await restart();
    const answer = await produce(client, { topic, values: ['x'.repeat(200)] });
    assert.equal(answer.errorCode, MESSAGE_TOO_LARGE);
  });

  describe('whose log ends in a torn write', () => {
    beforeEach(async () => {
      await produce(client, { topic, values: ['a', 'b'] });
      await produce(client, { topic, values: ['c'] });
      await broker?.stop();
    });

    const tears: [title: string, tear: (file: string, size: number) => Promise<void>, kept: string[]][] = [
      ['cut in the last batch', (file, size) => truncate(file, size - 3), ['a', 'b']],
      ['cut in the header of a batch', (file, size) => truncate(file, size - 60), ['a', 'b']],
      ['with zeros behind it', (file) => appendFile(file, Buffer.alloc(500)), ['a', 'b', 'c']],
      ['with half a size behind it', (file) => appendFile(file, Buffer.from([0, 0, 0])), ['a', 'b', 'c']],
      ['with a damaged last batch', (file, size) => damage(file, size - 2), ['a', 'b']],
    ];
    for (const [title, tear, kept] of tears) {
      it(`keeps the complete records: ${title}`, async () => {
        const [file = ''] = await logFiles();
        await tear(file, (await stat(file)).size);
        await restart();
        assert.deepEqual(await values(), kept);
        assert.equal((await produce(client, { topic, values: ['d'] })).baseOffset, String(kept.length));
        await restart();
        assert.deepEqual(await values(), [...kept, 'd']);
      });
    }

    it('keeps the complete entries of the journal', async () => {
      await appendFile(join(directory, 'journal.jsonl'), '["topic","half');
      await restart();
      assert.deepEqual(await values(), ['a', 'b', 'c']);
    });
  });

  it('names the line of a journal that is damaged in its middle', async () => {
    await broker?.stop();
    await appendFile(join(directory, 'journal.jsonl'), 'nonsense\n["cluster","id","x"]\n');
    broker = undefined;
    await assert.rejects(startBroker({ directory }), /journal\.jsonl, line \d+ is damaged: nonsense/);
  });

  it('drops the oldest files beyond the retention, and reports the start of the log', async () => {
    const retentionBytes = 2_000_000;
    await restart({ retentionBytes });
    for (let i = 0; i < 60; i++) await produce(client, { topic, values: ['x'.repeat(100_000)] });
    const kept = await Promise.all((await logFiles()).map(async (file) => (await stat(file)).size));
    const total = kept.reduce((sum, size) => sum + size, 0);
    assert.ok(total >= retentionBytes && total < retentionBytes * 1.3, `${total} bytes`);
    assert.equal((await fetch(client, { topic, offset: 0 })).errorCode, OFFSET_OUT_OF_RANGE);
    const first = await firstOffset();
    assert.ok(first > 0);
    assert.equal((await fetch(client, { topic, offset: first })).errorCode, 0);
    await restart();
    assert.equal(await firstOffset(), first);
  });

  async function firstOffset(): Promise<number> {
    const answer = await client.call<{ responses: { partitions: { offset: string }[] }[] }>(
      'ListOffsets',
      3,
      {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ topic, partitions: [{ partition: 0, timestamp: -2 }] }],
      },
    );
    return Number(answer.responses[0]!.partitions[0]!.offset);
  }

  it('loses no acknowledged record when it is killed five times', async function () {
    this.timeout(240_000);
    await broker?.stop();
    broker = undefined;
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round++) {
      const child = await startBrokerProcess(directory);
      client.close();
      client = await connectProtocol(child.bootstrapServers);
      await produceUntilClosed(acknowledged, 20 + round * 7, () => child.process.kill('SIGKILL'));
      await child.kill();
    }
    await restart();
    const found = new Set(await allValues());
    const lost = acknowledged.filter((value) => !found.has(value));
    assert.deepEqual(lost, []);
    assert.ok(acknowledged.length >= 150, `${acknowledged.length} acknowledged`);
  });

  /** Continues to produce while the process that got `kill` still answers. */
  async function produceUntilClosed(acknowledged: string[], count: number, kill: () => void): Promise<void> {
    for (let i = 0; ; i++) {
      const value = `${acknowledged.length}-${'x'.repeat(50_000)}`;
      if (i === count) kill();
      try {
        const { errorCode } = await produce(client, { topic, values: [value] });
        if (errorCode === 0) acknowledged.push(value);
      } catch {
        return;
      }
    }
  }

  async function allValues(): Promise<string[]> {
    const all: string[] = [];
    for (;;) {
      const more = await values(all.length);
      if (more.length === 0) return all;
      all.push(...more);
    }
  }
});

async function damage(file: string, position: number): Promise<void> {
  const bytes = await readFile(file);
  const byte = bytes[position]! ^ 0xff;
  await truncate(file, position);
  await appendFile(file, Buffer.concat([Buffer.from([byte]), bytes.subarray(position + 1)]));
}
