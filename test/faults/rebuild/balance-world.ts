import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Knex } from 'knex';
import { pino } from 'pino';
import {
  connectDatabase,
  createEventBus,
  createKafkaDriver,
  readEnvironment,
  type KafkaDriver,
  type Projection,
} from 'microservice-runtime';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import type { Breakable } from '../inject.ts';
import { startBrokers } from '../infrastructure.ts';
import { allServe, startReplica, type Replica } from '../replica.ts';
import { startStoppablePostgres } from '../stoppable-postgres.ts';
import { accounts, balancesOf, changedIn, createTables, projection, type Balances } from './changes.ts';
import { changeAccounts } from './writing.ts';

/** One service with a projection, two replicas and a history, on three brokers and a PostgreSQL that keeps its data. */
export interface BalanceWorld extends Breakable {
  /** A connection without the proxy, for observers. */
  database: Knex;
  driver: KafkaDriver;
  topic: string;
  /** Reads both versions, as the second release does. */
  balances: Projection<Balances>;
  /** Reads version 1 only, as the first release does. */
  olderBalances: Projection<Balances>;
  groupOf(version: number): string;
  /** Publishes `events` changes, in few transactions. */
  fill(events: number): Promise<void>;
  /** Replaces a replica by one of the second release. */
  deploy(index: number): Promise<void>;
  /** Changes per second, of both replicas together. */
  setRate(rate: number): void;
  crashes(): unknown[];
  close(): Promise<void>;
}

const topic = 'balances.events';
const partitions = 6;
const silent = { debug() {}, warn() {}, error() {} };

export async function openBalanceWorld(program: string, folder: string): Promise<BalanceWorld> {
  await mkdir(folder, { recursive: true });
  const [kafka, postgres] = await Promise.all([startBrokers(), startStoppablePostgres()]);
  await withAdmin(kafka.bootstrapServers, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions, replicationFactor: 3 }],
    }),
  );
  await postgres.createDatabase('balances');
  const databaseUrl = postgres.directUrl('balances');
  const database = connectDatabase({ databaseUrl, databasePoolMax: 6, serviceName: 'campaign' }, silent);
  await createTables(database);
  const changed = changedIn(topic);
  const environment = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    PORT: '0',
    SERVICE_NAME: 'balances',
    DATABASE_URL: postgres.url('balances'),
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
    KAFKA_GROUP_ID: 'balances',
    BALANCE_TOPIC: topic,
    BANK_RATE: '0',
  };
  const config = readEnvironment({ ...environment, DATABASE_URL: databaseUrl });
  const logger = pino({ level: 'silent' });
  const observer = () =>
    createEventBus({ config, database, logger, contracts: { published: [changed], consumed: [changed] } });
  const start = (index: number, release: string): Replica =>
    startReplica({
      ...{ name: `replica-${index + 1}`, program },
      environment: { ...environment, BALANCE_RELEASE: release, BANK_RATE: String(rate / 2) },
      logFile: path.join(folder, `replica-${index + 1}.log`),
    });
  let rate = 0;
  const replicas = [start(0, '1'), start(1, '1')];
  const replaced: Replica[] = [];
  await allServe(replicas);
  const [newer, older] = [observer(), observer()];

  return {
    ...{ database, topic, replicas, infrastructure: kafka, faults: [] },
    banks: [{ name: 'balances', topic, postgres }],
    driver: createKafkaDriver(config.kafka, { clientId: 'campaign', logger }),
    balances: newer.addProjection(balancesOf(changed, 1), balancesOf(changed, 2)),
    olderBalances: older.addProjection(balancesOf(changed, 1)),
    groupOf: (version) => `balances.${projection}.v${version}`,
    async fill(events) {
      for (let count = 0; count < events; count += accounts.length)
        await changeAccounts(database, newer, changed, accounts);
    },
    async deploy(index) {
      const former = replicas[index];
      await former?.stop();
      if (former) replaced.push(former);
      replicas[index] = start(index, '2');
      await allServe(replicas);
    },
    setRate(wanted) {
      rate = wanted;
      for (const replica of replicas) replica.setRate(rate / replicas.length);
    },
    crashes: () => [...replaced, ...replicas].flatMap((replica) => replica.crashes()),
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
      await database.destroy();
      await kafka.stop();
      await postgres.stop();
    },
  };
}
