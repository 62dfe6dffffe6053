import { connectDatabase, createEventBus, createLogger } from 'microservice-runtime';
import { up as createInbox } from 'microservice-runtime/tables/event-inbox';
import { up as createInbox2 } from 'microservice-runtime/tables/event-inbox-2';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { configOf, noteWrittenIn } from '../../events/note.ts';
import { serve } from '../../events/program.ts';

/** A service with parked events: `parked-service <database url> <bootstrap servers> <topic>`. */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const config = { ...configOf('growth', databaseUrl, bootstrapServers), logLevel: 'fatal' as const };
const noteWritten = noteWrittenIn(topic);
const database = connectDatabase(config);
const bus = createEventBus({
  config,
  database,
  contracts: { published: [], consumed: [noteWritten] },
  logger: createLogger(config, process.stderr),
});
let calls = 0;
let behavior: 'insert' | 'fail' | 'unreachable' = 'insert';

bus.on(noteWritten, async ({ data: { number } }, trx) => {
  calls += 1;
  if (behavior === 'fail') throw new Error('the handler fails');
  if (behavior === 'unreachable') throw Object.assign(new Error('no answer'), { code: 'ECONNREFUSED' });
  await trx.raw('insert into copies (number) values (?)', [number]);
});

const api = {
  group: () => config.kafka.groupId,
  async createTables() {
    await database.raw('create table copies (number integer)');
    await createInbox(database);
    await createInbox2(database);
    await createParked(database);
  },
  /** Resolves when the group has its partitions, so that parked events may be retried. */
  async start(handler: typeof behavior) {
    behavior = handler;
    await bus.start();
    while (!bus.status().consumers.some(({ partitions }) => partitions.length > 0))
      await new Promise((resolve) => setTimeout(resolve, 10));
  },
  behave: (handler: typeof behavior) => void (behavior = handler),
  stop: () => bus.stop(),
  /** The number of times that the handler was called. */
  calls: () => calls,
  /** CPU time of this process so far, in milliseconds. */
  cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  /** The most memory that this process has had, in MB. */
  peak: () => process.resourceUsage().maxRSS / 1_024,
};

export type ParkedService = typeof api;
serve(api);
