import assert from 'node:assert/strict';
import { createLogger, readEnvironment } from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { createOutbox } from '../../../src/runtime/events/outbox/publish.ts';
import { redriveOutgoing } from '../../../src/runtime/events/operations/redrive-outbox.ts';
import { createRelay } from '../../../src/runtime/events/relay/relay.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { startSecureKafka, type SecureKafka, username } from '../../support/real-kafka/secure-kafka.ts';
import { countMessages, withAdmin } from '../../suites/bus/raw-kafka.ts';
import { createOutboxDatabase, type OutboxDatabase } from './outbox-fixture.ts';

const forbidden = 'secret.events';
const allowed = 'open.events';

/** In numbers of the protocol: a topic of exactly this name, deny, write. */
const rule = {
  resourceType: 2,
  resourceName: forbidden,
  resourcePatternType: 3,
  principal: `User:${username}`,
  host: '*',
  permissionType: 2,
  operation: 4,
};

describe('a topic that Apache Kafka forbids by an ACL', function () {
  this.timeout(60_000);
  let kafka: SecureKafka | undefined;
  let world: OutboxDatabase;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    kafka = await startSecureKafka();
    world = await createOutboxDatabase();
  });
  after(async () => {
    await world?.close();
    await kafka?.stop();
  });

  it('turns its events into dead letters after a while, and does not delay other topics', async () => {
    assert.ok(kafka);
    const { adminServers, bootstrapServers, variables } = kafka;
    const config = readEnvironment({
      SERVICE_NAME: username,
      DATABASE_URL: world.url,
      KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
      KAFKA_SASL_MECHANISM: 'plain',
      LOG_LEVEL: 'silent',
      ...variables,
    });
    const logger = createLogger(config);
    const { database } = world;
    await withAdmin(adminServers, async (admin) => {
      await admin.createTopics({
        topics: [forbidden, allowed].map((topic) => ({ topic, numPartitions: 1 })),
      });
      await admin.createAcls({ acl: [rule] });
    });
    const driver = createKafkaDriver(config.kafka, { clientId: 'test', logger });
    const relay = createRelay({ config, database, driver, logger, refusalPatience: 5_000 });
    const { publish } = createOutbox({ database, contracts: { published: [] }, serviceName: username });
    const event = { type: 'note.said', data: 1 };
    for (const key of ['a', 'b', 'a']) await publish(forbidden, event, { key });
    for (const key of ['a', 'b']) await publish(allowed, event, { key });
    const parked = () => database('event_parked_keys').where({ state: 'dead' }).orderBy('key').pluck('key');

    await relay.start();
    await waitFor(async () => (await countMessages(adminServers, allowed)) >= 2);
    await waitFor(() => /secret\.events: .*[Nn]ot authorized/.test(relay.status().problem ?? ''));
    assert.deepEqual(await parked(), []);
    await waitFor(async () => (await parked()).length === 2);
    assert.equal(await countMessages(adminServers, forbidden), 0);
    const [key] = await database('event_parked_keys');
    assert.match(key.error, /[Nn]ot authorized to access topics/);

    await withAdmin(adminServers, (admin) => admin.deleteAcls({ filters: [rule] }));
    assert.equal(await redriveOutgoing(database, { topic: forbidden, key: 'a' }), 2);
    assert.equal(await redriveOutgoing(database, { topic: forbidden, key: 'b' }), 1);
    await waitFor(async () => (await countMessages(adminServers, forbidden)) >= 3);
    await relay.stop?.();
    await driver.close();
    assert.equal(relay.status().problem, undefined);
  });
});
