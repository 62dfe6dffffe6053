import { createKafkaDriver, createLogger, readEnvironment } from 'microservice-runtime';
import { randomUUID } from 'node:crypto';
import { startBroker } from '../broker/broker.ts';
import type { Caller } from '../issuer/sign-token.ts';
import { type TestEvents, createTestEvents } from './test-events.ts';
import { testServer } from './global-setup.ts';
import { createTestIssuer } from './test-issuer.ts';
import { testVariables } from './test-variables.ts';

export interface TestEnvironmentOptions {
  /** The service's folder; default: the working directory. */
  root?: string;
}

export interface TestEnvironment extends TestEvents {
  /** The environment from which the service under test reads its configuration. */
  environment: Record<string, string>;
  /** Returns a token for a caller. Throws if the service requires no tokens: if .env.example sets no AUTH_ISSUER. */
  tokenFor: (caller: Caller) => string;
  /** Drops the database and stops the broker; stop the service first. Safe to repeat. */
  close: () => Promise<void>;
}

/**
 * The environment of a test file: a migrated database and a broker of its own, or those of TEST_DATABASE_URL and
 * TEST_KAFKA_BOOTSTRAP_SERVERS. DATABASE_URL is never read. On a shared broker, `published` also returns the events of
 * others.
 */
export async function createTestEnvironment(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  const { root = process.cwd() } = options;
  const database = await (await testServer(root)).createDatabase();
  const broker = await openBroker();
  const issuer = await createTestIssuer(root);
  const environment = await testVariables(root, {
    issuer: issuer.url,
    databaseUrl: database.url,
    bootstrapServers: broker.bootstrapServers,
    groupId: `test-${randomUUID()}`,
  });
  const config = readEnvironment(environment);
  const logger = createLogger(config);
  const events = createTestEvents(createKafkaDriver(config.kafka, { clientId: 'test', logger }));
  const close = async () => {
    await events.close();
    await broker.stop();
    await issuer.stop();
    await database.drop();
  };
  const tokenFor = (caller: Caller) => issuer.tokenFor(caller, config.auth);
  return { ...events, environment, tokenFor, close };
}

async function openBroker(): Promise<{ bootstrapServers: string; stop: () => Promise<void> }> {
  const bootstrapServers = process.env['TEST_KAFKA_BOOTSTRAP_SERVERS'];
  return bootstrapServers ? { bootstrapServers, stop: () => Promise.resolve() } : startBroker();
}
