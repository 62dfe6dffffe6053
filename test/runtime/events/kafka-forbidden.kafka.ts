import assert from 'node:assert/strict';
import { createLogger, readEnvironment } from 'microservice-runtime';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { startSecureKafka, type SecureKafka, username } from '../../support/real-kafka/secure-kafka.ts';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';

const hidden = 'hidden.events';
const open = 'open.events';

/** In numbers of the protocol: a topic of exactly this name, deny, describe configs. */
const rule = {
  resourceType: 2,
  resourceName: hidden,
  resourcePatternType: 3,
  principal: `User:${username}`,
  host: '*',
  permissionType: 2,
  operation: 10,
};

describe('a configuration that Apache Kafka does not show', function () {
  this.timeout(60_000);
  let kafka: SecureKafka | undefined;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    kafka = await startSecureKafka();
  });
  after(() => kafka?.stop());

  it('makes only the retention of that topic unknown', async () => {
    assert.ok(kafka);
    const { adminServers, bootstrapServers, variables } = kafka;
    const config = readEnvironment({
      SERVICE_NAME: username,
      DATABASE_URL: 'postgres://127.0.0.1/unused',
      KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
      KAFKA_SASL_MECHANISM: 'plain',
      LOG_LEVEL: 'silent',
      ...variables,
    });
    await withAdmin(adminServers, async (admin) => {
      const configEntries = [
        { name: 'retention.ms', value: '1000' },
        { name: 'segment.ms', value: '1000' },
      ];
      await admin.createTopics({ topics: [hidden, open].map((topic) => ({ topic, configEntries })) });
      await admin.createAcls({ acl: [rule] });
    });
    const driver = createKafkaDriver(config.kafka, { clientId: 'test', logger: createLogger(config) });
    try {
      assert.equal(await driver.topicRetention(hidden), undefined);
      assert.equal(await driver.topicRetention(open), 2_000);
    } finally {
      await driver.close();
    }
  });
});
