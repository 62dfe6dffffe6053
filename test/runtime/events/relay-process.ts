import { pino } from 'pino';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { createRelay } from '../../../src/runtime/events/relay/relay.ts';

/** A relay in a separate process, which ends with the one that started it. */
const { DATABASE_URL: url = '', KAFKA: kafka = '' } = process.env;
const serviceName = 'order-service';
const logger = pino({ level: 'silent' });
const database = connectDatabase({ databaseUrl: url, databasePoolMax: 1, serviceName });
const driver = createKafkaDriver(
  { bootstrapServers: [kafka], topicPartitions: 2, topicReplicationFactor: 1, groupId: 'unused' },
  { clientId: 'relay-process', logger },
);
const config = { serviceName, databaseDirectUrl: url, shutdownTimeout: 6_000 };
process.stdin.on('end', () => process.exit(1)).resume();
await createRelay({ config, database, driver, logger }).start();
