import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { startSecureKafka, type SecureKafka } from '../../support/real-kafka/secure-kafka.ts';
import { createOrderWorld, type OrderWorld } from './order-world.ts';

describe('event bus on Apache Kafka behind TLS', function () {
  this.timeout(60_000);
  let kafka: SecureKafka | undefined;
  let world: OrderWorld | undefined;

  before(async function () {
    skipWithoutKafka(this, javaMissing());
    kafka = await startSecureKafka();
  });
  afterEach(() => world?.close());
  after(() => kafka?.stop());

  async function worldWith(variables: Record<string, string>): Promise<OrderWorld> {
    assert.ok(kafka);
    world = await createOrderWorld(kafka.bootstrapServers, { ...kafka.variables, ...variables });
    return world;
  }

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512']) {
    it(`delivers events of services that log in by ${mechanism}`, async () => {
      const { startPublisher, startConsumer, change, effectsOf } = await worldWith({
        KAFKA_SASL_MECHANISM: mechanism,
      });
      const publisher = await startPublisher();
      await startConsumer();
      await change(publisher, 'a', 2);
      assert.deepEqual(await effectsOf(2), { a: [1, 2] });
    });
  }

  it('says that the password is wrong', async () => {
    const { startPublisher } = await worldWith({
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_PASSWORD: 'wrong',
    });
    const { bus } = await startPublisher();
    const error = await waitFor(() => bus.status().error);
    assert.match(error, /Invalid username or password/);
  });

  it('says that the certificate is not trusted', async () => {
    const { startPublisher } = await worldWith({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL_CA_FILE: '' });
    const { bus } = await startPublisher();
    const error = await waitFor(() => bus.status().error);
    assert.match(error, /self-signed certificate/);
  });
});
