import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { startBroker } from '../../../src/devkit/broker/broker.ts';
import { startProgram, type Program } from '../../events/program.ts';
import { compileAgainst } from './checkout.ts';
import type { ParkedService } from './parked-service.ts';
import { withPostgres } from './postgres.ts';

export const topic = 'growth.notes';

interface ParkedQueues {
  keys: number;
  events: number;
  bytes: number;
  attempts: number;
  dueIn: number;
}

/** A service that is not started yet, with empty tables. */
export interface Parked {
  database: Knex;
  databaseUrl: string;
  service: Program<ParkedService>;
  bootstrapServers: string;
  /** Parks keys with so many events each, and so many bytes of text in each event; the first try is due in `dueIn` seconds. */
  park: (parked: ParkedQueues) => Promise<void>;
}

const insertKeys = `
  insert into event_parked_keys (consumer_group, topic, key, state, reason, error, attempts, next_try_at)
  select :group, :topic, 'key-' || key, 'parked', 'failure', 'parked by the benchmark', :attempts,
    now() + :dueIn * interval '1 second'
  from generate_series(1, :keys) as key`;

const insertEvents = `
  insert into event_parked
    (consumer_group, topic, key, partition, position, source, event_id, type, headers, raw_key, value, received_at)
  select :group, :topic, 'key-' || key, 0, number, 'growth', key || '-' || number, 'note.written',
    jsonb_build_object('ce_id', key || '-' || number, 'ce_source', 'growth', 'ce_type', 'note.written'),
    convert_to('key-' || key, 'UTF8'),
    convert_to(jsonb_build_object('number', number, 'text', repeat('x', :bytes))::text, 'UTF8'), now()
  from generate_series(1, :keys) as key, generate_series(1, :events) as number order by key, number`;

/** Runs `work` with a service of a checkout, a PostgreSQL server and an embedded broker. */
export async function withParked<T>(checkout: string, work: (parked: Parked) => Promise<T>): Promise<T> {
  const programs = await compileAgainst(checkout, ['growth/support/parked-service']);
  return withPostgres(['growth'], async ({ url }) => {
    const databaseUrl = url('growth');
    const database = knex({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 2 } });
    const broker = await startBroker();
    const { bootstrapServers } = broker;
    const program = path.join(programs, 'parked-service');
    const service = startProgram<ParkedService>(program, databaseUrl, bootstrapServers, topic);
    try {
      await service.ask('createTables');
      const group = await service.ask('group');
      return await work({
        ...{ database, databaseUrl, service, bootstrapServers },
        park: (parked) => insertParked(database, { group, topic, ...parked }),
      });
    } finally {
      await service.end();
      await broker.stop();
      await database.destroy();
    }
  });
}

async function insertParked(database: Knex, values: Knex.ValueDict): Promise<void> {
  await database.transaction(async (trx) => {
    await trx.raw(insertKeys, values);
    await trx.raw(insertEvents, values);
  });
  await database.raw('vacuum analyze event_parked, event_parked_keys');
}

/** Resolves when `done` does to true. */
export async function eventually(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(20);
}
