import kafkajs from 'kafkajs';
import pg from 'pg';
import { now, serve } from '../events/program.ts';
import { createTable, partitions, upsert, type Note } from './note-summary.ts';

/**
 * What a careful user writes: kafkajs with `eachBatch`, and one transaction a batch with the same upsert and with the offset:
 * `handwritten <database url> <bootstrap servers> <topic>`. No ids are remembered, no event is validated or parked.
 */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const kafka = new kafkajs.Kafka({
  clientId: 'handwritten',
  brokers: [bootstrapServers],
  logLevel: kafkajs.logLevel.ERROR,
});

async function write(partition: number, offset: number, notes: { id: string; data: Note }[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const values = [
      notes.map(({ id }) => id),
      notes.map(({ data }) => data.number),
      notes.map(({ data }) => data.text),
    ];
    let place = 0;
    await client.query(
      upsert('notes').replaceAll('?', () => `$${(place += 1)}`),
      values,
    );
    await client.query(
      'insert into offsets values ($1, $2) on conflict (partition) do update set position = excluded.position',
      [partition, offset + 1],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
}

const api = {
  async createTables() {
    await pool.query(createTable('notes'));
    await pool.query('create table offsets (partition integer primary key, position bigint not null)');
  },
  /** Reads `count` events from the beginning. Resolves to the events per second after the first batch. */
  async rebuild(count: number, attempt: number) {
    await pool.query('truncate notes, offsets');
    const consumer = kafka.consumer({ groupId: `handwritten-${attempt}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let [done, first, atFirst] = [0, 0, 0];
    await new Promise<void>((resolve, reject) => {
      void consumer
        .run({
          autoCommit: false,
          partitionsConsumedConcurrently: partitions,
          async eachBatch(payload) {
            const { partition, messages } = payload.batch;
            const notes = messages.map(({ key, value }) => ({
              id: String(key),
              data: JSON.parse(String(value)),
            }));
            const last = messages.at(-1)?.offset ?? '0';
            await write(partition, Number(last), notes);
            payload.resolveOffset(last);
            await payload.heartbeat();
            done += messages.length;
            if (first === 0) [first, atFirst] = [now(), done];
            if (done >= count) resolve();
          },
        })
        .catch(reject);
    });
    const rate = ((done - atFirst) / (now() - first)) * 1_000;
    await consumer.disconnect();
    return rate;
  },
};

export type Handwritten = typeof api;
serve(api);
