import knex from 'knex';
import { connectDatabase, createEventBus, createLogger, type EventBus } from 'microservice-runtime';
import { up as createOutbox } from 'microservice-runtime/tables/event-outbox';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { configOf, keyOf, noteWrittenIn, text } from './note.ts';
import { allAtOnce, atRate } from './pace.ts';
import { now, serve } from './program.ts';

/** The publishing service: `publisher <database url> <bootstrap servers> <topic>`. */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const config = configOf('publisher', databaseUrl, bootstrapServers);
const noteWritten = noteWrittenIn(topic);
const database = connectDatabase(config);
const logger = createLogger(config, process.stderr);
const contracts = { published: [noteWritten], consumed: [] };
const newBus = (): EventBus => createEventBus({ config, database, contracts, logger });
let bus = newBus();

/** The work of a service: a row and its event in one transaction. Resolves to the time of the commit. */
async function write(number: number): Promise<number> {
  await whenConnected(() =>
    database.transaction(async (trx) => {
      await trx.raw('insert into notes (number, text) values (?, ?)', [number, text]);
      await bus.publish(noteWritten.of(keyOf(number), { number, text }), trx);
    }),
  );
  return now();
}

/** A machine that is slower than the rate has no connection left in time; a latency only begins with the COMMIT. */
async function whenConnected(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof knex.KnexTimeoutError)) throw error;
    await whenConnected(work);
  }
}

async function writeMany(
  work: (each: (number: number) => Promise<void>) => Promise<void>,
): Promise<number[]> {
  const committed: number[] = [];
  await work(async (number) => void (committed[number] = await write(number)));
  return committed;
}

const api = {
  async createTables() {
    await database.raw('create table notes (number integer, text text)');
    await createOutbox(database);
    await createParked(database);
  },
  start: () => bus.start(),
  async stop() {
    await bus.stop();
    bus = newBus();
  },
  /** Resolves to the time of each commit. */
  writeAtRate: (rate: number, count: number) => writeMany((each) => atRate(rate, count, each)),
  writeAllAtOnce: (concurrency: number, count: number) =>
    writeMany((each) => allAtOnce(concurrency, count, each)),
  /** Saves events, 500 per transaction, which are sent when the bus starts. */
  async fill(count: number) {
    for (let first = 0; first < count; first += 500) {
      await database.transaction(async (trx) => {
        for (let number = first; number < Math.min(count, first + 500); number += 1) {
          await bus.publish(noteWritten.of(keyOf(number), { number, text }), trx);
        }
      });
    }
  },
  /** The CPU time of this process so far, in milliseconds. */
  cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  megabytes: () => process.memoryUsage().rss / 1024 / 1024,
  now,
  async emptied() {
    const waiting = async () =>
      (await database.raw('select exists (select from event_outbox) as waiting')).rows[0];
    while ((await waiting()).waiting) await new Promise((resolve) => setTimeout(resolve, 20));
    return now();
  },
};

export type Publisher = typeof api;
serve(api);
