import type { Knex } from 'knex';
import { connectDatabase, type Logger } from 'microservice-runtime';
import type { Config } from './config.ts';

/** The Knex instance of this service. It connects at the first query. */
export const createDatabase = (config: Config, logger: Logger): Knex => connectDatabase(config, logger);
