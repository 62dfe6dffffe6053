import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import joi from 'joi';
import kafkajs from 'kafkajs';
import type { Knex } from 'knex';
import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { withDefaults } from '../../../src/runtime/config/http-config.ts';
import type { ServiceConfig } from '../../../src/runtime/config/service-config.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { encodeEvent } from '../../../src/runtime/events/event/cloud-events.ts';
import type { ConsumerSettings } from '../../../src/runtime/events/handling/settings.ts';
import { createConsumers, type Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { defineEvent, type EventDefinition } from '../../../src/runtime/events/event/definition.ts';
import { type KafkaDriver } from '../../../src/runtime/events/kafka/driver.ts';
import { createKafkaDriver } from '../../../src/runtime/events/kafka/create-driver.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';

export interface Note {
  text: string;
}

/** Lines that were logged, newest last. */
export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export const noteWritten = defineEvent<Note>({
  type: 'note.written',
  version: 1,
  topic: 'note.events',
  aggregate: 'note',
  schema: joi.object({ text: joi.string().required() }),
});

export const noteBurnt = defineEvent<Note>({ ...noteWritten, type: 'note.burnt' });

/** Makes a message of `send` a `noteBurnt`. */
export const burnt = { headers: { ce_type: noteBurnt.type } };

export interface RawMessage {
  key: string | Buffer | null;
  value: string | Buffer | null;
  headers?: Record<string, string | Buffer>;
}

/** A database with the inbox and a table for effects, a broker with the topic, and consumers of both. */
export interface Fixture {
  database: Knex;
  driver: KafkaDriver;
  log: LogLine[];
  config: ServiceConfig;
  logger: Logger;
  /** Ends the broker, and starts it again at the same address, with the same data unless it is `empty`. */
  stopBroker(): Promise<void>;
  startBroker(options?: { empty?: boolean }): Promise<void>;
  /** Consumers that are stopped at the end; each call is another replica of the service. */
  consumers(
    settings?: Partial<ConsumerSettings> & { registry?: Registry; driver?: KafkaDriver; groupId?: string },
    consumed?: EventDefinition[],
  ): Consumers;
  send(
    key: string,
    text: string,
    overrides?: { id?: string; headers?: Record<string, string>; value?: string | Buffer },
  ): Promise<string>;
  /** Sends any message unchanged. */
  sendRaw(message: RawMessage): Promise<void>;
  sendMany(notes: { key: string; text: string; id?: string }[]): Promise<void>;
  /** Deletes all records of the topic, as retention does: a new group starts at their end. */
  deleteRecords(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an embedded broker, which stays idle if another broker is named. */
export async function createFixture(partitions = 3, foreignKafka?: string): Promise<Fixture> {
  const directory = await mkdtemp(join(tmpdir(), 'broker-'));
  const [{ url, drop }, started] = await Promise.all([createDatabase(), startBroker({ directory })]);
  let broker = started;
  const bootstrapServers = foreignKafka ?? broker.bootstrapServers;
  const config = configOf(url, bootstrapServers, partitions);
  const log: LogLine[] = [];
  const logger = pino(
    { level: process.env.TEST_LOG ?? 'info', formatters: { level: (level) => ({ level }) } },
    {
      write: (line: string) => {
        const entry: LogLine = JSON.parse(line);
        log.push(entry);
        if (process.env.TEST_LOG) console.log(line);
      },
    },
  );
  const database = connectDatabase(config);
  await createInbox(database);
  await createParked(database);
  await database.schema.createTable('effect', (table) => {
    table.bigIncrements('id');
    table.text('key');
    table.text('text');
  });
  const driver = createKafkaDriver(config.kafka, { clientId: 'test', logger });
  await driver.ensureTopics([noteWritten.topic]);
  const sender = driver.createSender();
  const kafka = new kafkajs.Kafka({
    brokers: [bootstrapServers],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const running: Consumers[] = [];

  function messageOf({ key, text, id = randomUUID() }: { key: string; text: string; id?: string }) {
    const { type, version, topic, aggregate } = noteWritten;
    const time = new Date().toISOString();
    const data = JSON.stringify({ text });
    return encodeEvent({
      id,
      type,
      version,
      topic,
      aggregate,
      source: 'test',
      subject: key,
      time,
      data,
      correlationId: 'correlation',
    });
  }

  return {
    database,
    driver,
    log,
    config,
    logger,
    consumers(
      {
        registry = new Registry(),
        driver: ofConsumers = driver,
        groupId = config.kafka.groupId,
        ...settings
      } = {},
      consumed = [noteWritten],
    ) {
      const contracts = { published: [], consumed };
      const consumer = {
        sessionTimeout: 6_000,
        inPlaceDelays: [10, 20],
        inPlaceTime: 60_000,
        parkDelay: { first: 50, max: 100 },
        retryDelay: { first: 20, max: 100 },
        outageDelay: { first: 20, max: 200 },
        ...settings,
      };
      const created = createConsumers({
        ...{ database, contracts, logger, registry, consumer },
        config: { ...config, kafka: { ...config.kafka, groupId } },
        driver: ofConsumers,
      });
      running.push(created);
      return created;
    },
    stopBroker: () => broker.stop(),
    async startBroker({ empty = false } = {}) {
      if (empty) await rm(directory, { recursive: true });
      broker = await startBroker({ directory, port: broker.port });
    },
    async send(key, text, { id = randomUUID(), headers = {}, value } = {}) {
      const message = messageOf({ key, text, id });
      await sender.send([
        { ...message, value: value ?? message.value, headers: { ...message.headers, ...headers } },
      ]);
      return id;
    },
    async sendRaw(message) {
      const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
      await producer.connect();
      await producer.send({ topic: noteWritten.topic, messages: [message] });
      await producer.disconnect();
    },
    sendMany: (notes) => sender.send(notes.map(messageOf)),
    async deleteRecords() {
      const { topic } = noteWritten;
      const admin = kafka.admin();
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.deleteTopicRecords({ topic, partitions });
      await admin.disconnect();
    },
    async close() {
      await Promise.all(running.map((consumers) => consumers.stop()));
      await sender.close();
      await driver.close();
      await broker.stop();
      await rm(directory, { recursive: true, force: true });
      await database.destroy();
      await drop();
    },
  };
}

function configOf(databaseUrl: string, bootstrapServers: string, topicPartitions: number): ServiceConfig {
  return {
    serviceName: 'note-service',
    nodeEnv: 'test',
    port: 0,
    databaseUrl,
    databaseDirectUrl: databaseUrl,
    databasePoolMax: 10,
    logLevel: 'info',
    shutdownTimeout: 10_000,
    http: withDefaults(),
    kafka: {
      bootstrapServers: [bootstrapServers],
      topicPartitions,
      topicReplicationFactor: -1,
      groupId: 'note-service-consumer',
    },
  };
}
