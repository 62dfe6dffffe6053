import kafkajs from 'kafkajs';
import knex from 'knex';
import type { BareProducer } from './bare-producer.ts';
import { keyOf, text } from './note.ts';
import { allAtOnce, atRate } from './pace.ts';
import { now, serve } from './program.ts';

/**
 * Common code that loses events if it dies at the wrong moment: one transaction per event's row, and a send after its COMMIT:
 * `handwritten-producer <bootstrap servers> <topic> <database url>`.
 */
const [bootstrapServers = '', topic = '', databaseUrl = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: 'handwritten',
  brokers: [bootstrapServers],
  logLevel: kafkajs.logLevel.ERROR,
});
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const database = knex({ client: 'pg', connection: databaseUrl });

/** Resolves to the time of the row's commit, after the send. */
async function write(number: number): Promise<number> {
  await database.transaction((trx) =>
    trx.raw('insert into notes (number, text) values (?, ?)', [number, text]),
  );
  const committed = now();
  await producer.send({
    topic,
    messages: [{ key: keyOf(number), value: JSON.stringify({ number, text }) }],
  });
  return committed;
}

const api: BareProducer = {
  async createTopic(numPartitions: number) {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions }] });
    await admin.disconnect();
  },
  async start() {
    await database.raw('create table if not exists notes (number integer, text text)');
    await producer.connect();
  },
  async writeAtRate(rate: number, count: number) {
    const committed: number[] = [];
    await atRate(rate, count, async (number) => void (committed[number] = await write(number)));
    return committed;
  },
  /** 64 at a time. */
  async fill(count: number) {
    await allAtOnce(64, count, async (number) => void (await write(number)));
  },
  now,
};

serve(api);
