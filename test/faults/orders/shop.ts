import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { withAdmin } from '../../suites/bus/raw-kafka.ts';
import type { Infrastructure } from '../infrastructure.ts';
import type { Breakable } from '../inject.ts';
import { allServe, startReplica, type Replica } from '../replica.ts';
import type { StoppablePostgres } from '../stoppable-postgres.ts';
import { startCourier, type Courier } from './courier.ts';
import { installClock, jumpClock } from './database-clock.ts';
import { topics } from './services/order-events.ts';
import { createServiceTables } from './services/service-tables.ts';

/** A service of the shop, with a database of its own. */
export interface Service {
  name: string;
  /** The topic that it publishes to. */
  topic: string;
  postgres: StoppablePostgres;
  /** A connection without the proxy, for observers. */
  database: Knex;
  replicas: readonly Replica[];
}

/** An order service and two participants in its saga; a courier brings the answers. */
export interface Shop extends Breakable {
  infrastructure: Infrastructure;
  replicas: readonly Replica[];
  orders: Service;
  payment: Service;
  warehouse: Service;
  courier: Courier;
  /** The jumps of the databases' clock so far, in milliseconds. */
  jumps: number[];
  /** Moves the clock of all databases. */
  jump(by: number): Promise<void>;
  /** Kills the processes; the databases end with the infrastructure. */
  close(): Promise<void>;
}

/** The files to run with Node. */
export interface OrderPrograms {
  orders: string;
  participant: string;
}

export interface ShopOptions {
  infrastructure: Infrastructure;
  programs: OrderPrograms;
  seed: number;
  /** The folder for logs. */
  folder: string;
}

const replicasOfService = 2;
const partitions = 6;
const silent = { debug() {}, warn() {}, error() {} };

export async function openShop({ infrastructure, programs, seed, folder }: ShopOptions): Promise<Shop> {
  await mkdir(folder, { recursive: true });
  await createTopics(infrastructure.bootstrapServers);
  const [ordersPostgres, participantsPostgres] = infrastructure.postgres;
  const courier = await startCourier(infrastructure.bootstrapServers, seed);
  const [orders, payment, warehouse] = await Promise.all([
    open('orders', { program: programs.orders, topic: topics.orders, postgres: ordersPostgres }),
    open('payment', {
      program: programs.participant,
      topic: topics.answersSent,
      postgres: participantsPostgres,
    }),
    open('warehouse', {
      program: programs.participant,
      topic: topics.answersSent,
      postgres: participantsPostgres,
    }),
  ] as const);
  const services = [orders, payment, warehouse];
  const replicas = services.flatMap((service) => service.replicas);
  const jumps: number[] = [];
  await allServe(replicas).catch(async (error: unknown) => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
    throw error;
  });

  async function open(
    name: string,
    { program, topic, postgres }: { program: string; topic: string; postgres: StoppablePostgres },
  ): Promise<Service> {
    await postgres.createDatabase(name);
    const connect = () =>
      connectDatabase(
        { databaseUrl: postgres.directUrl(name), databasePoolMax: 4, serviceName: 'campaign' },
        silent,
      );
    const first = connect();
    await installClock(first, name);
    await first.destroy();
    const database = connect();
    await createServiceTables(database);
    const environment = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: '0',
      SERVICE_NAME: `${name}-service`,
      DATABASE_URL: postgres.url(name),
      KAFKA_BOOTSTRAP_SERVERS: infrastructure.bootstrapServers,
      ORDERS_SEED: String(seed),
      PARTICIPANT: name,
    };
    return {
      ...{ name, topic, postgres, database },
      replicas: Array.from({ length: replicasOfService }, (_, index) =>
        startReplica({
          ...{ program, environment, name: `${name}-${index + 1}` },
          logFile: path.join(folder, `${name}-${index + 1}.log`),
        }),
      ),
    };
  }

  return {
    ...{ orders, payment, warehouse, courier, replicas, infrastructure, jumps },
    // the participants share a PostgreSQL
    banks: [orders, payment],
    faults: [],
    async jump(by) {
      jumps.push(by);
      await Promise.all(services.map(({ database }) => jumpClock(database, by)));
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')));
      await courier.stop();
      await Promise.all(services.map(({ database }) => database.destroy()));
    },
  };
}

const createTopics = (bootstrapServers: string): Promise<unknown> =>
  withAdmin(bootstrapServers, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: Object.values(topics).map((topic) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 3,
      })),
    }),
  );
