import assert from 'node:assert/strict';
import { createKafkaDriver, createLogger, readEnvironment, type KafkaDriver } from 'microservice-runtime';
import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { javaMissing, skipWithoutKafka } from '../support/kafka.ts';
import { readMessages, withAdmin } from '../suites/bus/raw-kafka.ts';
import { startBrokers, type Infrastructure } from './infrastructure.ts';

const topic = 'moved-leader';
const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);

/** KafkaJS's own reaction to a leader that is replaced during a send loses messages; see connectProducer of the driver. */
describe('a sender whose partitions change leaders during a send', function () {
  this.timeout(300_000);
  let kafka: Omit<Infrastructure, 'postgres'>;
  let driver: KafkaDriver;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    kafka = await startBrokers();
    const config = readEnvironment({
      NODE_ENV: 'test',
      SERVICE_NAME: 'sender',
      DATABASE_URL: 'postgres://localhost/none',
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    });
    driver = createKafkaDriver(config.kafka, {
      clientId: 'sender',
      logger: createLogger({ ...config, logLevel: 'silent' }),
    });
    await driver.ensureTopics([topic]);
  });
  after(async () => {
    await driver?.close();
    await kafka?.stop();
  });

  it('continues while a broker accepts connections but hangs', async () => {
    const sender = driver.createSender();
    const [broker] = kafka.brokers;
    broker?.proxy.set({ kind: 'silent' });
    await broker?.kill();
    await waitFor(() => sender.send(messagesOf('hang')).then(() => true), { timeout: 90_000 });
    await sender.close();
    broker?.proxy.set({ kind: 'open' });
    await broker?.start();
  });

  it('never reports a message as sent that Kafka does not have', async () => {
    const sender = driver.createSender();
    await waitFor(() => sender.send(messagesOf('warm-up')).then(() => true), { timeout: 30_000 });
    const broker = kafka.brokers.at(-1);
    if (!broker) throw new Error('there is no broker');
    // its part of the request gets no answer; the others answer; others lead its partitions; then its connection breaks
    broker.proxy.set({ kind: 'silent' });
    const sending = sender.send(messagesOf('work'));
    await broker.shutDown();
    broker.proxy.set({ kind: 'cut' });
    const problem = await sending.then(() => undefined, String);
    if (problem !== undefined) {
      await waitFor(() => sender.send(messagesOf('work')).then(() => true), { timeout: 60_000 });
    }
    await sender.close();
    broker.proxy.set({ kind: 'open' });
    await broker.start();
    assert.deepEqual(await arrived('work'), new Set(keys));
  });

  async function arrived(kind: string): Promise<Set<string>> {
    await waitFor(() => withAdmin(kafka.bootstrapServers, (admin) => admin.fetchTopicOffsets(topic)), {
      timeout: 30_000,
    });
    const messages = await readMessages(kafka.bootstrapServers, topic);
    return new Set(messages.filter(({ value }) => String(value) === kind).map(({ key }) => String(key)));
  }
});

const messagesOf = (value: string) => keys.map((key) => ({ topic, key, value, headers: {} }));
