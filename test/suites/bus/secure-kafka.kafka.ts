import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { startSecureKafka, username, type SecureKafka } from '../../support/real-kafka/secure-kafka.ts';
import { startTokenServer, type TokenServer } from '../../support/real-kafka/token-server.ts';
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

  it('reports a wrong password', async () => {
    const { startPublisher } = await worldWith({
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_PASSWORD: 'wrong',
    });
    const { bus } = await startPublisher();
    const error = await waitFor(() => bus.status().error);
    assert.match(error, /Invalid username or password/);
  });

  it('reports an untrusted certificate', async () => {
    const { startPublisher } = await worldWith({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL_CA_FILE: '' });
    const { bus } = await startPublisher();
    const error = await waitFor(() => bus.status().error);
    assert.match(error, /self-signed certificate/);
  });

  describe('with tokens of an authorization server', () => {
    let tokens: TokenServer;
    before(async () => {
      const client = { id: 'orders', secret: 'hush' };
      tokens = await startTokenServer({ subject: username, seconds: 6, client });
    });
    after(() => tokens.stop());

    const login = () => ({
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_SASL_USERNAME: '',
      KAFKA_SASL_PASSWORD: '',
      KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: tokens.url,
      KAFKA_SASL_OAUTHBEARER_CLIENT_ID: 'orders',
      KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: 'hush',
    });

    it('delivers events, and continues with new tokens when the old ones have expired', async () => {
      const { startPublisher, startConsumer, change, effectsOf, warnings } = await worldWith(login());
      const publisher = await startPublisher();
      await startConsumer();
      await change(publisher, 'a', 2);
      await effectsOf(2);
      const first = tokens.given();
      await waitFor(() => tokens.given() >= first + 4, {
        timeout: 40_000,
        message: 'tokens of two more lives',
      });
      await change(publisher, 'a', 2);
      assert.deepEqual(await effectsOf(4), { a: [1, 2, 3, 4] });
      assert.deepEqual(
        warnings().filter((line) => /SASL|token/i.test(line)),
        [],
      );
    });

    it('reports the answer of the authorization server', async () => {
      const { startPublisher } = await worldWith({
        ...login(),
        KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: 'wrong',
      });
      const { bus } = await startPublisher();
      const error = await waitFor(() => bus.status().error);
      assert.match(error, /no token for Kafka from http:\/\/127\.0\.0\.1:\d+\/token: 401 invalid_client/);
    });
  });
});
