import assert from 'node:assert/strict';
import { pino } from 'pino';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { SendError } from '../../../src/runtime/events/kafka/errors.ts';
import type { Sender } from '../../../src/runtime/events/kafka/sender.ts';
import { suiteConfig } from '../../suites/bus/order-world.ts';
import { readMessages } from '../../suites/bus/raw-kafka.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { startBrokers, type Infrastructure } from '../infrastructure.ts';
import { readOptions } from '../options.ts';

const topic = 'leader-dies.events';
const partitions = 9;

describe('a broker that dies while events are sent', function () {
  this.timeout(240_000);
  let cluster: Omit<Infrastructure, 'postgres'>;
  before(async function () {
    skipWithoutKafka(this, javaMissing());
    cluster = await startBrokers();
  });
  after(() => cluster?.stop());

  it('loses no event that counts as sent', async () => {
    const { bootstrapServers, brokers } = cluster;
    const variables = {
      KAFKA_TOPIC_PARTITIONS: String(partitions),
      KAFKA_TOPIC_REPLICATION_FACTOR: '3',
    };
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const { kafka } = suiteConfig({ serviceName: 'sender', databaseUrl: url, bootstrapServers, variables });
    const driver = createKafkaDriver(kafka, { clientId: 'sender', logger: pino({ level: 'silent' }) });
    await driver.ensureTopics([topic]);
    const ending = new AbortController();
    const senders = Array.from({ length: 3 }, () => driver.createSender());
    const sent: string[] = [];
    const sending = senders.map((sender, number) => sendUntil(ending.signal, sender, String(number), sent));

    function moreSent(count: number): Promise<unknown> {
      const enough = sent.length + count;
      return waitFor(() => sent.length >= enough, { timeout: 60_000, message: `${count} more are sent` });
    }

    for (const broker of brokers.slice(0, readOptions(process.env).short ? 1 : 2)) {
      await moreSent(1_000);
      await broker.kill();
      await moreSent(1_000); // its partitions have other leaders now
      await broker.start();
    }
    ending.abort();
    await Promise.all(sending);
    await Promise.all(senders.map((sender) => sender.close()));
    await driver.close();

    const there = new Set((await readMessages(bootstrapServers, topic)).map(({ value }) => String(value)));
    const lost = sent.filter((value) => !there.has(value));
    console.log(`      ${sent.length} events counted as sent, ${lost.length} of them lost`);
    assert.deepEqual(lost.slice(0, 10), []);
  });
});

/** Sends a few events to every partition, again and again; those that fail are sent again with the next ones. */
async function sendUntil(signal: AbortSignal, sender: Sender, name: string, sent: string[]): Promise<void> {
  let batch: string[] = [];
  for (let number = 0; !signal.aborted || batch.length > 0;) {
    while (!signal.aborted && batch.length < 3 * partitions) batch.push(`${name}-${(number += 1)}`);
    const messages = batch.map((value) => ({ topic, key: value, value, headers: {} }));
    try {
      await sender.send(messages);
      sent.push(...batch);
      batch = [];
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      sent.push(...batch.slice(0, error.acknowledged));
      batch = batch.slice(error.acknowledged);
    }
  }
}
