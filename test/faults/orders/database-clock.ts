import type { Knex } from 'knex';

/**
 * Replaces the clock of a database by one that can jump. A jump of the machine's clock would hit Kafka, the other databases and this
 * test, and libfaketime is not on every machine. Functions in `public` with the names of PostgreSQL's come first in the search path of
 * new sessions, so the statements of the runtime and the defaults of its tables read this clock. Run it before the tables are created,
 * and connect again.
 */
export async function installClock(database: Knex, name: string): Promise<void> {
  await database.raw('create table clock_jump (milliseconds bigint not null)');
  await database.raw('insert into clock_jump values (0)');
  for (const [clock, volatility] of clocks)
    await database.raw(`
      create function public.${clock}() returns timestamptz language sql ${volatility} as
      $$ select pg_catalog.${clock}() + milliseconds * interval '1 millisecond' from public.clock_jump $$`);
  await database.raw(`alter database ${name} set search_path = public, pg_catalog`);
}

const clocks = [
  ['clock_timestamp', 'volatile'],
  ['statement_timestamp', 'stable'],
  ['now', 'stable'],
] as const;

/** Moves the clock forward, or back if `by` is negative; milliseconds. */
export const jumpClock = (database: Knex, by: number): Promise<unknown> =>
  database('clock_jump').update({ milliseconds: database.raw('milliseconds + ?', [by]) });
