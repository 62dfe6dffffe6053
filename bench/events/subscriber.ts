import { connectDatabase, createEventBus, createLogger } from 'microservice-runtime';
import { up as createInbox } from 'microservice-runtime/tables/event-inbox';
import { up as createInbox2 } from 'microservice-runtime/tables/event-inbox-2';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { configOf, noteWrittenIn, partitions } from './note.ts';
import { serve } from './program.ts';

/** A service with several subscriptions of one topic: `subscriber <database url> <bootstrap servers> <topic> <subscriptions>`. */
const [databaseUrl = '', bootstrapServers = '', topic = '', count = ''] = process.argv.slice(2);
const config = configOf(`subscriber-${count}`, databaseUrl, bootstrapServers);
const noteWritten = noteWrittenIn(topic);
const database = connectDatabase(config);
const bus = createEventBus({
  config,
  database,
  contracts: { published: [], consumed: [noteWritten] },
  logger: createLogger(config, process.stderr),
});
let missing = 0;
let received = (): void => {};

for (let index = 0; index < Number(count); index += 1) {
  bus.subscribe({
    name: `copy-${index}`,
    from: 'earliest',
    on: [
      [
        noteWritten,
        async ({ data: { number, text } }, trx) => {
          await trx.raw('insert into copies (number, text) values (?, ?)', [number, text]);
          missing -= 1;
          if (missing === 0) received();
        },
      ],
    ],
  });
}

const api = {
  async createTables() {
    await database.raw('create table if not exists copies (number integer, text text)');
    if (await database.schema.hasTable('event_inbox')) return;
    await createInbox(database);
    await createInbox2(database);
    await createParked(database);
  },
  /** Resolves when each subscription has its partitions. */
  async start() {
    await bus.start();
    const isReady = (): boolean => {
      const { consumers } = bus.status();
      return consumers.length > 0 && consumers.every((each) => each.partitions.length === partitions);
    };
    while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 10));
  },
  /** The number of events that each subscription is to receive. */
  expect: (events: number) => void (missing = events * Number(count)),
  all: () =>
    new Promise<void>((resolve) => {
      received = resolve;
      if (missing <= 0) resolve();
    }),
  stop: () => bus.stop(),
  /** The number of open connections. */
  connections() {
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const { pool } = database.client;
    const postgres: number = pool.numUsed() + pool.numFree();
    return { postgres, kafka: sockets - postgres };
  },
  /** CPU time of this process so far, in milliseconds. */
  cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  megabytes: () => process.memoryUsage().rss / 1024 / 1024,
};

export type Subscriber = typeof api;
serve(api);
