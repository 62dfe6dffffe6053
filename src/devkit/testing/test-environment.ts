import { createKafkaDriver, createLogger, readEnvironment } from 'microservice-runtime';
import { randomUUID } from 'node:crypto';
import { startBroker } from '../broker/broker.ts';
import { type TestEvents, createTestEvents } from './test-events.ts';
import { testServer } from './test-parts.ts';
import { testVariables } from './test-variables.ts';

export interface TestEnvironmentOptions {
  /** The service's folder; the working directory by default. */
  root?: string;
}

export interface TestEnvironment extends TestEvents {
  /** What the service under test reads its configuration from. */
  environment: Record<string, string>;
  /** Removes the database and ends the broker; stop the service first. Safe to repeat. */
  close: () => Promise<void>;
}

/**
 * What a test file needs around the service: a migrated database of its own, and a broker of its own, or the ones that
 * TEST_DATABASE_URL and TEST_KAFKA_BOOTSTRAP_SERVERS name. DATABASE_URL is never read. On a broker that others use too,
 * `published` shows what they publish as well.
 */
export async function createTestEnvironment(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  const { root = process.cwd() } = options;
  const database = await (await testServer(root)).createDatabase();
  const broker = await openBroker();
  const environment = await testVariables(root, {
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
    await database.drop();
  };
  return { ...events, environment, close };
}

async function openBroker(): Promise<{ bootstrapServers: string; stop: () => Promise<void> }> {
  const bootstrapServers = process.env['TEST_KAFKA_BOOTSTRAP_SERVERS'];
  return bootstrapServers ? { bootstrapServers, stop: () => Promise.resolve() } : startBroker();
}
