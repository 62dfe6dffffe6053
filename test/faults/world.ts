import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { withAdmin } from '../suites/bus/raw-kafka.ts';
import { createBankTables } from './bank/bank-tables.ts';
import type { FaultRecord, History } from './history.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { BankPrograms } from './programs.ts';
import { readHistory } from './read-history.ts';
import { allServe, startReplica, type Replica } from './replica.ts';
import type { StoppablePostgres } from './stoppable-postgres.ts';

export interface WorldOptions {
  infrastructure: Infrastructure;
  programs: BankPrograms;
  /** One in this number of transfers is poisonous for a few attempts. */
  poisonEvery: number;
  /** The folder for histories and logs. */
  folder: string;
}

/** One of the two banks. */
export interface Bank {
  name: string;
  /** Its own topic, which the other bank consumes. */
  topic: string;
  group: string;
  /** A connection to its database without the proxy, for observers. */
  database: Knex;
  postgres: StoppablePostgres;
  replicas: readonly Replica[];
}

/** Two banks that send money to each other, on databases and topics of their own. */
export interface World {
  banks: readonly [Bank, Bank];
  replicas: readonly Replica[];
  infrastructure: Infrastructure;
  folder: string;
  /** The faults injected so far; each injector records its own. */
  faults: FaultRecord[];
  calms: number[];
  /** An account of the bank that is not used elsewhere. */
  specialAccount(bank: Bank): string;
  /** Transfers per second, of all processes together. */
  setRate(rate: number): void;
  /** Returns the complete record so far. */
  history(): Promise<History>;
  /** Kills the processes and drops the databases; topics and the folder stay. */
  close(): Promise<void>;
}

const replicasOfBank = 2;
const accountsOfBank = 60;
/** Lost connections are the subject of this test. */
const silent = { debug() {}, warn() {}, error() {} };
/** ConfigResource of Kafka's protocol. */
const topicResource = 2;
/** Of each topic. */
export const partitions = 6;
/** Small enough that a memo can be too large for Kafka, and not for the outbox. */
export const largestMessage = 200_000;

export async function openWorld(options: WorldOptions): Promise<World> {
  const { infrastructure, folder } = options;
  const id = randomBytes(4).toString('hex');
  await mkdir(folder, { recursive: true });
  const topics = [`money-a-${id}`, `money-b-${id}`] as const;
  await createTopics(infrastructure, topics);
  const banks = await Promise.all([
    openBank('bank-a', infrastructure.postgres[0], topics[0], topics[1]),
    openBank('bank-b', infrastructure.postgres[1], topics[1], topics[0]),
  ] as const);
  const replicas = banks.flatMap((bank) => bank.replicas);
  const faults: FaultRecord[] = [];
  const calms: number[] = [];
  const special = new Map(banks.map(({ name }) => [name, specialAccountsOf(name)]));
  await allServe(replicas);

  async function openBank(
    name: string,
    postgres: StoppablePostgres,
    sends: string,
    receives: string,
  ): Promise<Bank> {
    const databaseName = `${name.replace('-', '_')}_${id}`;
    await postgres.createDatabase(databaseName);
    const database = connectDatabase(
      {
        databaseUrl: postgres.directUrl(databaseName),
        databasePoolMax: 4,
        serviceName: 'campaign',
      },
      silent,
    );
    const other = name === 'bank-a' ? 'bank-b' : 'bank-a';
    const accounts = accountsOf(name);
    await createBankTables(database, [...accounts, ...specialAccountsOf(name)]);
    const group = `${name}-${id}`;
    const environment = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: '0',
      SERVICE_NAME: name,
      DATABASE_URL: postgres.url(databaseName),
      KAFKA_BOOTSTRAP_SERVERS: infrastructure.bootstrapServers,
      KAFKA_GROUP_ID: group,
      BANK_SENDS: sends,
      BANK_RECEIVES: receives,
      BANK_ACCOUNTS: accounts.join(','),
      BANK_RECIPIENTS: accountsOf(other).join(','),
      BANK_RATE: '0',
      BANK_POISON_EVERY: String(options.poisonEvery),
    };
    const replicas = Array.from({ length: replicasOfBank }, (_, index) => {
      const own = `${name}-${index + 1}`;
      const file = (ending: string) => path.join(folder, `${own}.${ending}`);
      return startReplica({
        name: own,
        program: options.programs.bank,
        environment: { ...environment, BANK_HISTORY: file('jsonl') },
        logFile: file('log'),
      });
    });
    return { name, topic: sends, group, database, postgres, replicas };
  }

  return {
    banks,
    replicas,
    infrastructure,
    folder,
    faults,
    calms,
    specialAccount({ name }) {
      const [account = ''] = special.get(name)?.splice(0, 1) ?? [];
      if (!account) throw new Error(`${name} has no special account left`);
      return account;
    },
    setRate(rate) {
      for (const replica of replicas) replica.setRate(rate / replicas.length);
    },
    history: () => readHistory({ banks, folder, faults, calms }),
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
      await Promise.all(banks.map(({ database }) => database.destroy()));
      await Promise.all(
        banks.map(({ name, postgres }) => postgres.dropDatabase(`${name.replace('-', '_')}_${id}`)),
      );
    },
  };
}

export const otherBank = ({ banks }: Pick<World, 'banks'>, bank: Bank): Bank =>
  bank === banks[0] ? banks[1] : banks[0];

const accountsOf = (bank: string): string[] =>
  Array.from({ length: accountsOfBank }, (_, index) => `${bank}-${index + 1}`);

/** Accounts that the load does not use, for scenarios. */
const specialAccountsOf = (bank: string): string[] =>
  Array.from({ length: 1_000 }, (_, index) => `${bank}-special-${index + 1}`);

async function createTopics({ bootstrapServers }: Infrastructure, topics: readonly string[]): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: String(largestMessage) }];
  await withAdmin(bootstrapServers, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: topics.map((topic) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 3,
        configEntries,
      })),
    }),
  );
}

/** Makes the topics accept messages of up to this number of bytes. */
export async function setLargestMessage({ infrastructure, banks }: World, bytes: number): Promise<void> {
  await withAdmin(infrastructure.bootstrapServers, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: banks.map(({ topic }) => ({
        type: topicResource,
        name: topic,
        configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
      })),
    }),
  );
}
