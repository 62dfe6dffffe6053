import assert from 'node:assert/strict';
import { type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import zlib from 'node:zlib';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { connectWithTopic, fetch, produce } from './batches.ts';
import type { BrokerAddress } from './conformance.ts';
import { findKcat, gather, type Kcat } from './kcat.ts';
import type { ProtocolClient } from './protocol-client.ts';

/** The operations of librdkafka clients. Skipped with a printed reason if kcat is missing. */
export function kcatSuite(broker: BrokerAddress): void {
  describe('kcat', function () {
    this.timeout(60_000);
    let kcat: Kcat;
    let client: ProtocolClient;
    let topic: string;
    const members: ChildProcess[] = [];

    before(async function () {
      const found = await findKcat();
      if ('missing' in found) {
        console.log(`\n    SKIPPED, nothing was tried with librdkafka: ${found.missing}\n`);
        this.skip();
      } else {
        kcat = found;
        console.log(`      kcat ${kcat.version}`);
      }
    });
    beforeEach(async () => {
      ({ client, topic } = await connectWithTopic(broker.bootstrapServers, 4));
    });
    afterEach(async () => {
      client.close();
      await Promise.all(members.splice(0).map(end));
    });

    const to = (...parameters: string[]) => ['-b', broker.bootstrapServers, ...parameters];
    const numbers = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
    const lines = (text: string) => text.split('\n').filter((line) => line !== '');
    const ascending = (values: string[]) => values.map(Number).toSorted((a, b) => a - b);

    it('lists the cluster', async () => {
      const listed = await kcat.run(to('-L', '-t', topic));
      assert.match(listed, new RegExp(`topic "${topic}" with 4 partitions`));
      assert.ok(listed.includes(`at ${broker.bootstrapServers} (controller)`), listed);
    });

    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      it(`produces idempotently and consumes, compressed with ${codec}`, async () => {
        const input = numbers(1, 500).map((n) => `key-${n}:${n}`);
        const settings = [
          '-X',
          'enable.idempotence=true',
          '-X',
          `compression.codec=${codec}`,
          '-H',
          'name=value',
        ];
        await kcat.run(to('-P', '-t', topic, '-K', ':', ...settings), `${input.join('\n')}\n`);
        const printed = await kcat.run(to('-C', '-t', topic, '-e', '-q', '-f', '%k:%s %h\n'));
        assert.deepEqual(new Set(lines(printed)), new Set(input.map((line) => `${line} name=value`)));
      });
    }

    it('reads records that KafkaJS encoded, and KafkaJS reads records of kcat', async () => {
      await produce(client, { topic, values: ['plain'] });
      await produce(client, { topic, values: ['packed'], compression: 1 });
      await kcat.run(to('-P', '-t', topic, '-p', '0', '-z', 'gzip'), 'from kcat\n');
      const printed = await kcat.run(to('-C', '-t', topic, '-p', '0', '-e', '-q'));
      assert.deepEqual(lines(printed), ['plain', 'packed', 'from kcat']);
      const { messages } = await fetch(client, { topic, offset: 0 });
      assert.deepEqual(
        messages.map(({ value }) => value.toString()),
        ['plain', 'packed', 'from kcat'],
      );
    });

    it('finds offsets by time', async () => {
      const start = Date.now() - 60_000;
      for (const second of [0, 1, 2]) {
        await produce(client, {
          topic,
          values: ['a', 'b'],
          timestamp: start + second * 1000,
          compression: 1,
        });
      }
      const at = async (time: number) => (await kcat.run(to('-Q', '-t', `${topic}:0:${time}`))).trim();
      assert.equal(await at(start + 500), `${topic} [0] offset 2`);
      assert.equal(await at(start + 2000), `${topic} [0] offset 4`);
    });

    for (const codec of ['gzip', 'snappy', 'lz4', ...('zstdDecompressSync' in zlib ? ['zstd'] : [])]) {
      it(`finds a time within a batch that is compressed with ${codec}`, async () => {
        const settings = ['-z', codec, '-X', 'linger.ms=2000', '-X', 'batch.num.messages=10'];
        const producer = kcat.start(to('-P', '-t', topic, '-p', '0', ...settings));
        for (let last = 0, n = 0; n < 10; n++) {
          await waitFor(() => Date.now() > last + 100);
          last = Date.now();
          producer.stdin?.write(`${'some text '.repeat(300)}${n}\n`);
        }
        producer.stdin?.end();
        await once(producer, 'close');
        const printed = await kcat.run(to('-C', '-t', topic, '-p', '0', '-e', '-q', '-f', '%T %o\n'));
        const records = lines(printed).map((line) => line.split(' ').map(Number));
        assert.ok(new Set(records.map(([time]) => time)).size > 1, printed);
        for (const [time = 0] of records) {
          const first = records.find(([other = 0]) => other >= time)?.[1];
          const found = await kcat.run(to('-Q', '-t', `${topic}:0:${time}`));
          assert.equal(found.trim(), `${topic} [0] offset ${first}`, printed);
        }
      });
    }

    function join(groupId: string) {
      const settings = ['-X', 'auto.offset.reset=earliest', '-X', 'session.timeout.ms=6000'];
      const member = kcat.start(to('-u', '-G', groupId, ...settings, '-f', '%s\n', topic));
      members.push(member);
      const [output, notes] = [gather(member.stdout), gather(member.stderr)];
      return {
        member,
        values: () => lines(output.text()),
        /** "% Group g rebalanced (memberid m): assigned: t [0], t [1]" */
        partitions: () =>
          lines(notes.text())
            .findLast((line) => line.includes('rebalanced'))
            ?.match(/\[\d\]/g)?.length ?? 0,
      };
    }

    it('joins a group, shares its partitions, takes over from a leaving member, and continues at the offset of the group', async () => {
      const groupId = `group-${randomUUID()}`;
      const patience = { timeout: 30_000 };
      const produceNumbers = (first: number, last: number) =>
        kcat.run(to('-P', '-t', topic), `${numbers(first, last).join('\n')}\n`);
      const first = join(groupId);
      await waitFor(() => first.partitions() === 4, { ...patience, message: 'the first member has all' });
      const second = join(groupId);
      const isShared = () => first.partitions() === 2 && second.partitions() === 2;
      await waitFor(isShared, { ...patience, message: 'the members share the partitions' });
      await produceNumbers(1, 100);
      await waitFor(() => first.values().length + second.values().length >= 100, patience);
      await end(first.member);
      await waitFor(() => second.partitions() === 4, { ...patience, message: 'the second member has all' });
      await produceNumbers(101, 200);
      await waitFor(() => first.values().length + second.values().length >= 200, patience);
      await end(second.member);
      const third = join(groupId);
      await waitFor(() => third.partitions() === 4, { ...patience, message: 'the third member has all' });
      await produceNumbers(201, 210);
      await waitFor(() => third.values().length >= 10, patience);
      const all = [first, second, third].flatMap((member) => member.values());
      assert.deepEqual(ascending(all), ascending(numbers(1, 210)));
    });
  });
}

/** As Ctrl-C does: it commits and leaves its group. */
async function end(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  member.kill('SIGTERM');
  await once(member, 'close');
}
