import type { Knex } from 'knex';
import { connectDatabase, createEventBus, createLogger, type EventBus } from 'microservice-runtime';
import { up as createInbox } from 'microservice-runtime/tables/event-inbox';
import { up as createInbox2 } from 'microservice-runtime/tables/event-inbox-2';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { createArrivals } from './arrivals.ts';
import { configOf, noteWrittenIn } from './note.ts';
import { now, serve } from './program.ts';

/** The consuming service: `consumer <database url> <bootstrap servers> <topic>`. */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const config = configOf('consumer', databaseUrl, bootstrapServers);
const noteWritten = noteWrittenIn(topic);
const database = connectDatabase(config);
const arrivals = createArrivals();
let inserting = true;
let bus = newBus();
const batches = new WeakMap<Knex.Transaction, number[]>();

function newBus(): EventBus {
  const contracts = { published: [], consumed: [noteWritten] };
  const created = createEventBus({
    config,
    database,
    contracts,
    logger: createLogger(config, process.stderr),
  });
  created.on(noteWritten, async ({ data }, trx) => {
    if (inserting) await trx.raw('insert into copies (number, text) values (?, ?)', [data.number, data.text]);
    batchOf(trx).push(data.number);
  });
  return created;
}

/** The numbers that this transaction handles; they count once it is committed. */
function batchOf(trx: Knex.Transaction): number[] {
  const known = batches.get(trx);
  if (known) return known;
  const numbers: number[] = [];
  batches.set(trx, numbers);
  const committed = () => {
    const at = now();
    for (const number of numbers) arrivals.arrived(number, at);
  };
  void trx.executionPromise.then(committed, () => undefined);
  return numbers;
}

const api = {
  async createTables() {
    await database.raw('create table copies (number integer, text text)');
    await createInbox(database);
    await createInbox2(database);
    await createParked(database);
  },
  /** Resolves when the group has its partitions. */
  async start() {
    await bus.start();
    while ((bus.status().consumers[0]?.partitions.length ?? 0) === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  },
  async stop() {
    await bus.stop();
    bus = newBus();
  },
  /** Whether each event inserts a row, as a projection does, or is only recorded in the inbox. */
  insert: (does: boolean) => void (inserting = does),
  expect: (count: number) => arrivals.expect(count),
  all: () => arrivals.all(),
  cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  megabytes: () => process.memoryUsage().rss / 1024 / 1024,
};

export type Consumer = typeof api;
serve(api);
