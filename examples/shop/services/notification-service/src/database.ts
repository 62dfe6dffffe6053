import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import type { Config } from './config.ts';

/** The Knex instance of this service. It connects with the first query. */
export const createDatabase = (config: Config): Knex => connectDatabase(config);
