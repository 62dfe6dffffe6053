import pg from 'pg';
import { keyOf, text } from './note.ts';
import { atRate } from './pace.ts';
import { now, serve } from './program.ts';

/**
 * The minimum cost of an event with a transaction at each end: BEGIN, two INSERTs and COMMIT, then the same again in the other
 * database, with `pg` alone and nothing in between: `floor <producer's database url> <consumer's database url>`.
 */
const [producer, consumer] = process.argv
  .slice(2)
  .map((connectionString) => new pg.Pool({ connectionString }));

interface Statement {
  text: string;
  values: unknown[];
}

async function inTransaction(pool: pg.Pool | undefined, statements: Statement[]): Promise<void> {
  const client = await pool?.connect();
  await client?.query('begin');
  for (const statement of statements) await client?.query(statement);
  await client?.query('commit');
  client?.release();
}

/** Resolves to the milliseconds from COMMIT to COMMIT. */
async function pass(number: number): Promise<number> {
  const headers = { ce_id: String(number), ce_type: 'note.written' };
  const payload = JSON.stringify({ number, text });
  await inTransaction(producer, [
    { text: 'insert into notes (number, text) values ($1, $2)', values: [number, text] },
    {
      text: 'insert into outbox (key, topic, headers, payload) values ($1, $2, $3, $4)',
      values: [keyOf(number), 'notes', headers, payload],
    },
  ]);
  const committed = now();
  await inTransaction(consumer, [
    { text: 'insert into seen (id) values ($1)', values: [`${process.pid}-${committed}-${number}`] },
    { text: 'insert into copies (number, text) values ($1, $2)', values: [number, text] },
  ]);
  return now() - committed;
}

const api = {
  async createTables() {
    await producer?.query('create table notes (number integer, text text)');
    await producer?.query(
      'create table outbox (id bigserial primary key, key text, topic text, headers jsonb, payload text)',
    );
    await consumer?.query('create table seen (id text primary key)');
    await consumer?.query('create table copies (number integer, text text)');
  },
  /** Resolves to the latency of each event. */
  async passAtRate(rate: number, count: number) {
    const latencies: number[] = [];
    await atRate(rate, count, async (number) => void (latencies[number] = await pass(number)));
    return latencies;
  },
};

export type Floor = typeof api;
serve(api);
