import type { Knex } from 'knex';
import { pino } from 'pino';
import type { KafkaConfig } from '../../config/kafka-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { connectDatabase, databasePart } from '../../database/database.ts';
import { lacksSchema } from '../../database/error-kind.ts';
import { type KafkaDriver } from '../../events/kafka/driver.ts';
import { createKafkaDriver } from '../../events/kafka/create-driver.ts';
import { directUrl } from '../../migrations/direct-url.ts';
import { loadEnvironmentFile } from '../../service/environment-file.ts';
import { CommandError } from './command.ts';

const NAME = 'microservice-runtime';

/**
 * Runs `work` with the database of the service at `root`; the service need not run. Rejects with an explanation if the
 * database does not answer.
 */
export async function withDatabase<T>(root: string, work: (database: Knex) => Promise<T>): Promise<T> {
  loadEnvironmentFile(root);
  const { url } = directUrl();
  const database = connectDatabase({ databaseUrl: url, databasePoolMax: 2, serviceName: NAME });
  const part = databasePart(database);
  try {
    await part.start?.();
    return await work(database);
  } catch (error) {
    throw lacksSchema(error) ? schemaError(error) : error;
  } finally {
    await part.stop?.();
  }
}

/** Knex prefixes PostgreSQL's message with the statement. */
const schemaError = (error: Error): CommandError =>
  new CommandError(
    `the database lacks a table or column that this command needs: ${error.message.split(' - ').at(-1)}; run npx knex migrate:latest`,
    { cause: error },
  );

/** Returns the Kafka settings of the service at `root`, with its group. Throws a `ConfigError` that lists every fault. */
export function kafkaOf(root: string): KafkaConfig {
  loadEnvironmentFile(root);
  return readEnvironment(process.env).kafka;
}

/** Runs `work` with a Kafka connection, and closes it. */
export async function withKafka<T>(
  config: KafkaConfig,
  work: (driver: KafkaDriver) => Promise<T>,
): Promise<T> {
  const driver = createKafkaDriver(config, { clientId: NAME, logger: pino({ level: 'silent' }) });
  try {
    return await work(driver);
  } finally {
    await driver.close();
  }
}
