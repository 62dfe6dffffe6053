import kafkajs from 'kafkajs';
import knex from 'knex';
import { createArrivals } from './arrivals.ts';
import type { BareConsumer } from './bare-consumer.ts';
import { partitions } from './note.ts';
import { now, serve } from './program.ts';

/**
 * Code of a careful user: kafkajs, and one transaction per event that stores its id and inserts a row: `handwritten-consumer
 * <bootstrap servers> <topic> <database url>`. All partitions are handled concurrently.
 */
const [bootstrapServers = '', topic = '', databaseUrl = ''] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({
  clientId: 'handwritten',
  brokers: [bootstrapServers],
  logLevel: kafkajs.logLevel.ERROR,
});
const consumer = kafka.consumer({ groupId: `handwritten-${topic}`, maxWaitTimeInMs: 250 });
const database = knex({ client: 'pg', connection: databaseUrl });
const arrivals = createArrivals();

async function handle(id: string, number: number, text: string): Promise<void> {
  await database.transaction(async (trx) => {
    const { rowCount } = await trx.raw('insert into seen (id) values (?) on conflict do nothing', [id]);
    if (rowCount === 1) await trx.raw('insert into copies (number, text) values (?, ?)', [number, text]);
  });
  arrivals.arrived(number, now());
}

const api: BareConsumer = {
  async start() {
    await database.raw('create table if not exists copies (number integer, text text)');
    await database.raw('create table if not exists seen (id text primary key)');
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const joined = new Promise<void>((resolve) => consumer.on('consumer.group_join', () => resolve()));
    await consumer.run({
      partitionsConsumedConcurrently: partitions,
      async eachMessage({ partition, message }) {
        const { number, text }: { number: number; text: string } = JSON.parse(String(message.value));
        await handle(`${partition}@${message.offset}`, number, text);
      },
    });
    await joined;
  },
  expect: (count: number) => arrivals.expect(count),
  all: () => arrivals.all(),
};

serve(api);
