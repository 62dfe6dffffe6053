import type { Knex } from 'knex';
import * as inbox from '../../src/runtime/tables/event-inbox.ts';
import * as inbox2 from '../../src/runtime/tables/event-inbox-2.ts';

/** What the migrations of the inbox make, those of later releases included. */
export async function createInbox(database: Knex): Promise<void> {
  await inbox.up(database);
  await inbox2.up(database);
}
