import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, createKafkaDriver, createLogger, readEnvironment } from 'microservice-runtime';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { parseAddress } from '../../../src/devkit/dev/environment/address.ts';

const read = (servers: string) =>
  readEnvironment({
    SERVICE_NAME: 'a',
    DATABASE_URL: 'postgres://u:p@h/d',
    KAFKA_BOOTSTRAP_SERVERS: servers,
  }).kafka;

describe('the addresses of brokers', () => {
  it('can be IPv6 addresses in brackets', async function () {
    const directory = await mkdtemp(path.join(tmpdir(), 'broker-'));
    const broker = await startBroker({ directory, host: '::1', advertisedHost: '::1' }).catch(() =>
      this.skip(),
    );
    assert.deepEqual(parseAddress(broker.bootstrapServers), { host: '::1', port: broker.port });
    assert.equal(broker.bootstrapServers, `[::1]:${broker.port}`);
    const logger = createLogger({ serviceName: 'a', logLevel: 'silent' });
    const driver = createKafkaDriver(read(broker.bootstrapServers), { clientId: 'a', logger });
    await driver.ensureTopics(['t']);
    const sender = driver.createSender();
    await sender.send([{ topic: 't', key: 'k', value: Buffer.from('v'), headers: {} }]);
    const ends = (await driver.topicOffsets('t')).reduce((sum, { high }) => sum + high, 0);
    assert.equal(ends, 1);
    await sender.close();
    await driver.close();
    await broker.stop();
    await rm(directory, { recursive: true });
  });

  for (const servers of [
    '[::1]:9092',
    'a:1, [2001:db8::1]:65535',
    '[::ffff:127.0.0.1]:9092',
    '127.0.0.1:1',
  ]) {
    it(`can be ${servers}`, () => assert.equal(read(servers).bootstrapServers.join(', '), servers));
  }

  for (const servers of [
    '::1:9092',
    '[::1]',
    '[1:2]:9092',
    '[not::ip]:1',
    'a:65536',
    'a:0',
    'PLAINTEXT://a:1',
    'a',
  ]) {
    it(`must not be ${servers}`, () => {
      assert.throws(
        () => read(servers),
        (error) =>
          error instanceof ConfigError && error.faults.length === 1 && error.message.includes('[::1]:9092'),
      );
    });
  }
});
