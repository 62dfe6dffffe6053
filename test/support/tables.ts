import type { Knex } from 'knex';
import * as inbox from '../../src/runtime/tables/event-inbox.ts';
import * as inbox2 from '../../src/runtime/tables/event-inbox-2.ts';

/** Creates the tables of all inbox migrations, including those of later releases. */
export async function createInbox(database: Knex): Promise<void> {
  await inbox.up(database);
  await inbox2.up(database);
}
