import { connectDatabase, createEventBus, createLogger } from 'microservice-runtime';
import { up as createOutbox } from 'microservice-runtime/tables/event-outbox';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { configOf, noteWrittenIn } from '../../events/note.ts';
import { serve } from '../../events/program.ts';

/** A service with several topics of its own: `topics-service <database url> <bootstrap servers> <topic>`. */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const config = configOf('growth', databaseUrl, bootstrapServers);
const database = connectDatabase(config);

function busWith(topics: number) {
  const published = Array.from({ length: topics }, (_, number) =>
    noteWrittenIn(`${topic}.${topics}.${number}`),
  );
  const logger = createLogger({ ...config, logLevel: 'fatal' }, process.stderr);
  return createEventBus({ config, database, contracts: { published, consumed: [] }, logger });
}

let bus = busWith(0);

const api = {
  async createTables() {
    await createOutbox(database);
    await createParked(database);
  },
  async start(topics: number) {
    bus = busWith(topics);
    await bus.start();
  },
  stop: () => bus.stop(),
};

export type TopicsService = typeof api;
serve(api);
