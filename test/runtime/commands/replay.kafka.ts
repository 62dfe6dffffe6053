import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { type KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { type Kafka, startKafkaOrSkip } from '../../support/kafka.ts';

describe('the driver on Apache Kafka', function () {
  this.timeout(120_000);
  const topic = `note-${randomUUID()}.events`;
  let kafka: Kafka;
  let driver: KafkaDriver;
  before(async function () {
    kafka = await startKafkaOrSkip(this);
    const config = {
      ...{ bootstrapServers: [kafka.bootstrapServers], groupId: 'test' },
      ...{ topicPartitions: 1, topicReplicationFactor: 1 },
    };
    driver = createKafkaDriver(config, { clientId: 'test', logger: pino({ level: 'silent' }) });
  });
  after(async () => {
    await driver?.close();
    await kafka?.stop();
  });

  it('finds the first message at or after a time, or the end of the log', async () => {
    await driver.ensureTopics([topic]);
    assert.ok((await driver.listTopics()).includes(topic));
    const sender = driver.createSender();
    const send = (value: string) => sender.send([{ topic, key: 'a', value, headers: {} }]);
    await send('old');
    const time = Date.now() + 1;
    await waitFor(() => Date.now() > time + 1);
    await send('new');
    await send('newer');
    await sender.close();
    const at = async (when: number): Promise<number | undefined> =>
      (await driver.offsetsAt(topic, when))[0]?.offset;
    assert.equal(await at(0), 0);
    assert.equal(await at(time), 1);
    assert.equal(await at(Date.now() + 60_000), 3);
  });
});
