import type { Knex } from 'knex';
import * as inbox from './event-inbox.ts';
import * as inbox2 from './event-inbox-2.ts';
import * as outbox from './event-outbox.ts';
import * as parked from './event-parked.ts';

/**
 * All tables of the event bus, in one migration: those of `event-outbox`, `event-inbox`, `event-parked` and `event-inbox-2`, which
 * never change. A service that has the migrations of these modules must not export this one too.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of [outbox, inbox, parked, inbox2]) await table.up(knex);
}

/** Refuses while one of the tables has rows, as the `down` of each module does. */
export async function down(knex: Knex): Promise<void> {
  for (const table of [parked, inbox, outbox]) await table.down(knex);
}
