import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Broker, startBroker } from '../../../src/devkit/broker/broker.ts';
import { type KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { SendError } from '../../../src/runtime/events/kafka/errors.ts';
import type { OutgoingMessage } from '../../../src/runtime/events/event/message.ts';
import { countMessages, readMessages, withAdmin, withProducer } from '../../suites/bus/raw-kafka.ts';

const topic = 'a.events';
const logger = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

function driverOf(server: string, topicReplicationFactor = -1, log = logger): KafkaDriver {
  const config = {
    bootstrapServers: [server],
    topicPartitions: 3,
    topicReplicationFactor,
    groupId: 'unused',
  };
  return createKafkaDriver(config, { clientId: 'test', logger: log });
}

const message = (key: string, value: string): OutgoingMessage => ({
  topic,
  key,
  value,
  headers: { ce_id: value },
});
const numbered = (count: number, from = 0): OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => message(`key-${n % 5}`, String(from + n)));

/** As in a process that has loaded KafkaJS alone. */
function forgetEncoder(): void {
  const { cache } = createRequire(import.meta.url);
  const loaded = /kafkajs\/src\/protocol\/(recordBatch\/record\/v0|requests\/produce\/v\d\/request)/;
  for (const file of Object.keys(cache)) if (loaded.test(file.replaceAll('\\', '/'))) delete cache[file];
}

describe('the Kafka driver', () => {
  let directory: string;
  let broker: Broker;
  let driver: KafkaDriver;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'broker-'));
    broker = await startBroker({ directory });
    driver = driverOf(broker.bootstrapServers);
    await driver.ensureTopics([topic]);
  });
  afterEach(async () => {
    await driver.close();
    await broker.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** The received numbers of a key; a duplicate counts once, at its first place. */
  const arrived = async (key: string): Promise<number[]> => {
    const messages = await readMessages(broker.bootstrapServers, topic);
    return [
      ...new Set(
        messages.filter((each) => each.key?.toString() === key).map(({ value }) => Number(value?.toString())),
      ),
    ];
  };

  describe('send', () => {
    it('delivers with key and headers, and keeps the order of each key', async () => {
      const sender = driver.createSender();
      await sender.send(numbered(100));
      await sender.send(numbered(100, 100));
      await sender.close();
      const messages = await readMessages(broker.bootstrapServers, topic);
      assert.equal(messages.length, 200);
      assert.equal(messages[0]?.headers?.['ce_id']?.toString(), messages[0]?.value?.toString());
      assert.deepEqual(
        await arrived('key-3'),
        Array.from({ length: 40 }, (_, n) => 3 + n * 5),
      );
    });

    it('splits messages that exceed the size of a request', async () => {
      const sender = driver.createSender();
      const large = 'x'.repeat(400_000);
      await sender.send(Array.from({ length: 7 }, () => ({ ...message('a', large), headers: {} })));
      await sender.close();
      assert.equal(await countMessages(broker.bootstrapServers, topic), 7);
    });

    it('rejects within seconds when the broker is gone, and continues when it is back', async () => {
      const sender = driver.createSender();
      await sender.send(numbered(10));
      await broker.stop();
      const begun = performance.now();
      await assert.rejects(sender.send(numbered(10, 10)), (error: SendError) => {
        assert.match(error.message, /ECONNREFUSED|[Cc]losed|[Cc]onnect/);
        assert.equal(error.refused, undefined);
        return error instanceof SendError;
      });
      assert.ok(performance.now() - begun < 12_000);
      broker = await startBroker({ directory, port: broker.port });
      await sender.send(numbered(10, 10));
      await sender.close();
      assert.deepEqual(await arrived('key-0'), [0, 5, 10, 15]);
    });

    it('reports that Kafka refuses a message, which a retry cannot change', async () => {
      const sender = driver.createSender();
      await assert.rejects(sender.send([message('a', 'x'.repeat(2_000_000))]), {
        name: 'SendError',
        refused: 'size',
      });
      await sender.send(numbered(1));
      await sender.close();
      assert.deepEqual(await arrived('key-0'), [0]);
    });

    it('reports the reason of a refusal by its error code', () => {
      const refusalOf = (code: number, retriable = false) =>
        new SendError(
          new Error('gave up', {
            cause: Object.assign(new Error('no'), { name: 'KafkaJSProtocolError', code, retriable }),
          }),
        ).refused;
      const codes = [10, 18, 44, 87, 17, 29, 31, 32];
      assert.deepEqual(
        codes.map((code) => refusalOf(code)),
        ['size', 'size', 'record', 'record', 'forbidden', 'forbidden', 'forbidden', 'other'],
      );
      assert.equal(refusalOf(7, true), undefined);
    });

    it('rejects within seconds when a broker accepts connections but does not answer', async () => {
      const sockets = new Set<Socket>();
      const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const address = silent.address();
      assert.ok(typeof address === 'object' && address !== null);
      const sender = driverOf(`127.0.0.1:${address.port}`).createSender();
      const begun = performance.now();
      await assert.rejects(sender.send(numbered(1)), SendError);
      await sender.close();
      assert.ok(performance.now() - begun < 60_000);
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
  });

  describe('ensureTopics', () => {
    it('creates missing topics, by several clients at once, and keeps existing ones', async () => {
      await withAdmin(broker.bootstrapServers, (admin) =>
        admin.createTopics({ topics: [{ topic: 'old.events', numPartitions: 1 }] }),
      );
      const other = driverOf(broker.bootstrapServers);
      await Promise.all([driver, other].map((each) => each.ensureTopics(['new.events', 'old.events'])));
      await other.close();
      assert.equal((await driver.topicOffsets('new.events')).length, 3);
      assert.equal((await driver.topicOffsets('old.events')).length, 1);
    });

    it('creates 60 topics with one request', async () => {
      let requests = 0;
      const write = (line: string): void => {
        if (/Request CreateTopics/.test(line)) requests += 1;
      };
      const traced = driverOf(broker.bootstrapServers, -1, pino({ level: 'trace' }, { write }));
      const topics = Array.from({ length: 60 }, (_, n) => `topic-${n}.events`);
      await traced.ensureTopics(topics);
      await traced.close();
      assert.equal(requests, 1);
      const known = await driver.listTopics();
      assert.deepEqual(
        topics.filter((name) => !known.includes(name)),
        [],
      );
    });

    it('creates the other topics if Kafka refuses one, and names only the refused one', async () => {
      await assert.rejects(
        driver.ensureTopics(['good.events', 'bad!', 'fine.events']),
        ({ message }: Error) => {
          assert.match(message, /topic bad! could not be created with 3 partitions/);
          return !/good|fine/.test(message);
        },
      );
      const known = await driver.listTopics();
      assert.ok(known.includes('good.events') && known.includes('fine.events'));
    });

    it('sends no request to create topics after it was told to stop', async () => {
      await driver.ensureTopics(['new.events'], AbortSignal.abort());
      assert.deepEqual(await driver.listTopics(), [topic]);
    });

    it('names the remedy when Kafka does not create a topic', async () => {
      const wasteful = driverOf(broker.bootstrapServers, 3);
      await assert.rejects(wasteful.ensureTopics(['new.events']), (error: Error) => {
        assert.match(
          error.message,
          /topic new\.events could not be created with 3 partitions and replication factor 3/,
        );
        assert.match(error.message, /KAFKA_TOPIC_REPLICATION_FACTOR/);
        return true;
      });
      await wasteful.close();
    });
  });

  it('allocates no buffer for each header, even after a client of KafkaJS has sent', async () => {
    forgetEncoder();
    await withProducer(broker.bootstrapServers, (producer) =>
      producer.send({ topic, messages: [{ key: 'a', value: 'b' }] }),
    );
    const late = driverOf(broker.bootstrapServers);
    const sender = late.createSender();
    await sender.send(numbered(1));
    let buffers = 0;
    const original = Buffer.alloc.bind(Buffer);
    Buffer.alloc = new Proxy(original, {
      apply(target, self, args) {
        buffers += 1;
        return Reflect.apply(target, self, args);
      },
    });
    try {
      await sender.send(numbered(500));
    } finally {
      Buffer.alloc = original;
    }
    await sender.close();
    await late.close();
    assert.ok(buffers < 500, `${buffers} buffers for 500 messages`);
  });

  it('does not wake up while it is idle', async () => {
    const sender = driver.createSender();
    await sender.send(numbered(1));
    const scheduled: unknown[] = [];
    const original = globalThis.setTimeout;
    globalThis.setTimeout = new Proxy(original, {
      apply(target, self, args) {
        if (Number(args[1]) < 5) scheduled.push(new Error().stack);
        return Reflect.apply(target, self, args);
      },
    });
    try {
      await sender.send(numbered(1));
    } finally {
      globalThis.setTimeout = original;
    }
    await sender.close();
    assert.deepEqual(scheduled, []);
  });
});
