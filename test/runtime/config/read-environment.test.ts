import assert from 'node:assert/strict';
import joi from 'joi';
import { ConfigError, readEnvironment } from 'microservice-runtime';
import { withoutTextSecrets } from '../../../src/runtime/logging/text-secrets.ts';

const minimal = {
  SERVICE_NAME: 'user-service',
  DATABASE_URL: 'postgres://user:hunter2@localhost:5432/user',
  KAFKA_BOOTSTRAP_SERVERS: 'localhost:9092',
};

const faultsOf = (environment: Record<string, string>, own = {}): readonly string[] => {
  try {
    readEnvironment(environment, own);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
};

const DAY = 24 * 60 * 60 * 1_000;

describe('readEnvironment', () => {
  it('fills in missing settings', () => {
    assert.deepEqual(readEnvironment(minimal), {
      serviceName: 'user-service',
      nodeEnv: 'development',
      port: 8000,
      host: undefined,
      managementPort: undefined,
      databaseUrl: minimal.DATABASE_URL,
      databaseDirectUrl: minimal.DATABASE_URL,
      databasePoolMax: 10,
      databaseLockTimeout: 2_000,
      databaseStatementTimeout: 10_000,
      logLevel: 'info',
      shutdownTimeout: 10_000,
      http: {
        keepAliveTimeout: 65_000,
        headersTimeout: 30_000,
        requestTimeout: 60_000,
        shutdownGrace: 2_500,
        allowedHosts: [],
        bodyLimit: 102_400,
        cors: undefined,
        docs: 'open',
      },
      auth: undefined,
      idempotencySecret: undefined,
      kafka: {
        bootstrapServers: ['localhost:9092'],
        ssl: undefined,
        sasl: undefined,
        topicPartitions: 6,
        topicPrefix: '',
        topicReplicationFactor: -1,
        groupId: 'user-service-consumer',
        maxUnpackedBytes: 16 * 1024 * 1024,
        maxEventBytes: 900_000,
      },
      sagas: { retention: 30 * DAY, requestRetention: 90 * DAY },
    });
  });

  it('keeps ended sagas at least as long as the inbox keeps events', () => {
    const days = (value: string) => readEnvironment({ ...minimal, SAGA_RETENTION_DAYS: value });
    assert.equal(days('7').sagas?.retention, 7 * DAY);
    assert.throws(() => days('6'), /SAGA_RETENTION_DAYS is "6": must be greater than or equal to 7/);
  });

  it('reads Kafka with TLS and SASL', () => {
    const { kafka } = readEnvironment({
      ...minimal,
      KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9093, kafka-2:9093',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: import.meta.filename,
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'user',
      KAFKA_SASL_PASSWORD: 'hunter2',
    });
    assert.deepEqual(kafka.bootstrapServers, ['kafka-1:9093', 'kafka-2:9093']);
    assert.deepEqual(kafka.sasl, { mechanism: 'scram-sha-512', username: 'user', password: 'hunter2' });
    assert.match(kafka.ssl?.ca ?? '', /reads Kafka with TLS/);
    assert.equal(kafka.ssl?.rejectUnauthorized, true);
  });

  it('reads SASL by tokens, which needs other variables than SASL by password', () => {
    const tokens = {
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'https://login.example.com/token',
      KAFKA_SASL_OAUTHBEARER_CLIENT_ID: 'orders',
      KAFKA_SASL_OAUTHBEARER_CLIENT_SECRET: 'hunter2',
    };
    assert.deepEqual(readEnvironment({ ...minimal, ...tokens }).kafka.sasl, {
      mechanism: 'oauthbearer',
      tokenEndpointUrl: 'https://login.example.com/token',
      clientId: 'orders',
      clientSecret: 'hunter2',
    });
    assert.deepEqual(
      faultsOf({ ...minimal, KAFKA_SASL_MECHANISM: 'oauthbearer' }),
      ['TOKEN_ENDPOINT_URL', 'CLIENT_ID', 'CLIENT_SECRET'].map(
        (name) => `KAFKA_SASL_OAUTHBEARER_${name} is not set: KAFKA_SASL_MECHANISM=oauthbearer needs it`,
      ),
    );
    for (const url of [
      'login.example.com/token',
      'ftp://login.example.com',
      'https://user:hunter2@login.example.com',
    ])
      assert.deepEqual(faultsOf({ ...minimal, ...tokens, KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL: url }), [
        'KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL (value not shown) must be an address such as https://login.example.com/oauth2/token, without a user',
      ]);
  });

  it('accepts exactly the topic prefixes that Kafka accepts', () => {
    const prefixOf = (KAFKA_TOPIC_PREFIX: string) =>
      readEnvironment({ ...minimal, KAFKA_TOPIC_PREFIX }).kafka.topicPrefix;
    assert.equal(prefixOf('staging_eu-1.'), 'staging_eu-1.');
    assert.equal(prefixOf(''), '');
    for (const wrong of ['staging/', 'ä.', 'a b', 'x'.repeat(201)])
      assert.match(
        faultsOf({ ...minimal, KAFKA_TOPIC_PREFIX: wrong }).join(),
        /^KAFKA_TOPIC_PREFIX is .*must have at most 200 characters, each one of a-z, A-Z, 0-9, '\.', '_' and '-'/,
      );
  });

  it('lists every fault at once, with the value seen', () => {
    const faults = faultsOf({
      PORT: 'http',
      NODE_ENV: 'prod',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_BOOTSTRAP_SERVERS: 'a',
    });
    assert.deepEqual(faults, [
      'SERVICE_NAME is not set; set it to the name of the service, such as user-service',
      'NODE_ENV is "prod": must be one of [development, test, production]',
      'PORT is "http": must be a number',
      'DATABASE_URL is not set; set it to an address such as postgres://user@localhost:5432/database (with a password: user:password@)',
      'KAFKA_BOOTSTRAP_SERVERS is "a": must be comma-separated host:port pairs, such as localhost:9092 or [::1]:9092',
      'KAFKA_SASL_USERNAME is not set: KAFKA_SASL_MECHANISM needs it',
      'KAFKA_SASL_PASSWORD is not set: KAFKA_SASL_MECHANISM needs it',
    ]);
  });

  it('names a file that is missing', () => {
    const faults = faultsOf({ ...minimal, KAFKA_SSL_CA_FILE: '/no/such/file' });
    assert.deepEqual(faults, [
      'KAFKA_SSL_CA_FILE is "/no/such/file": names a file that cannot be read (ENOENT)',
    ]);
  });

  it('shows no secret', () => {
    const own = { MAIL_PASSWORD: joi.string().min(20) };
    const faults = faultsOf(
      { ...minimal, DATABASE_URL: 'mysql://a:hunter2@b', MAIL_PASSWORD: 'hunter2' },
      own,
    );
    assert.equal(faults.length, 2);
    assert.doesNotMatch(faults.join(), /hunter2/);
  });

  it('names the command that writes .env, and no example that the printed message would hide', () => {
    const read = (environment: Record<string, string>) => () => readEnvironment(environment);
    for (const environment of [
      {},
      { ...minimal, DATABASE_URL: 'localhost' },
      { ...minimal, DATABASE_URL: 'postgres://%' },
    ])
      assert.throws(read(environment), ({ message }: Error) => {
        assert.match(message, /microservice-devkit env writes a missing \.env/);
        assert.match(message, /such as postgres:\/\//);
        assert.equal(withoutTextSecrets(message), message);
        return true;
      });
  });

  it('counts an empty variable as not set', () => {
    assert.equal(readEnvironment({ ...minimal, PORT: '', MANAGEMENT_PORT: '' }).port, 8000);
    assert.match(faultsOf({ ...minimal, DATABASE_URL: '' }).join(), /DATABASE_URL is not set/);
  });

  it("reads a service's own variables in camelCase, with their types", () => {
    const config = readEnvironment(
      { ...minimal, MAIL_FROM: 'a@b.de' },
      {
        MAIL_FROM: joi.string().email(),
        MAIL_RETRY_LIMIT: joi.number().default(3),
        MAIL_CC: joi.string().optional(),
      },
    );
    const from: string = config.mailFrom;
    const retries: number = config.mailRetryLimit;
    assert.deepEqual([from, retries, config.mailCc], ['a@b.de', 3, undefined]);
    assert.deepEqual(faultsOf(minimal, { MAIL_FROM: joi.string() }), ['MAIL_FROM is not set']);
  });
});
