// Starts a bus and stops it while its topic is being created, many times, and then has nothing left to do.
import { setTimeout } from 'node:timers/promises';
import joi from 'joi';
import knex from 'knex';
import { createEventBus, createLogger, defineEvent, readEnvironment } from '../../../src/runtime/index.ts';

const config = readEnvironment(process.env);
const logger = createLogger(config);
const database = knex({ client: 'pg', connection: config.databaseUrl });
for (let ms = 0; ms < 20; ms += 1) {
  const noted = defineEvent({
    type: 'note.made',
    version: 1,
    topic: `notes-${ms}.events`,
    aggregate: 'note',
    schema: joi.object({}),
  });
  const bus = createEventBus({ config, logger, database, contracts: { published: [noted], consumed: [] } });
  await bus.start();
  await setTimeout(ms);
  await bus.stop();
}
await database.destroy();
