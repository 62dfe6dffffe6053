import type { Knex } from 'knex';
import * as outboxTable from '../../../../src/runtime/tables/event-outbox.ts';
import * as parkedTables from '../../../../src/runtime/tables/event-parked.ts';
import * as requestTable from '../../../../src/runtime/tables/saga-requests.ts';
import * as sagaTables from '../../../../src/runtime/tables/sagas.ts';
import { createInbox } from '../../../support/tables.ts';

export const openingBalance = 1_000_000;
/** Several orders change one balance, which is a commutative update. */
export const balances = 50;

/**
 * The database of a service. `ledger` has each effect and no constraint that would hide a duplicate; `balances` has the money or the
 * stock.
 */
export async function createServiceTables(database: Knex): Promise<void> {
  await outboxTable.up(database);
  await createInbox(database);
  await parkedTables.up(database);
  await sagaTables.up(database);
  await requestTable.up(database);
  await database.raw(tables);
  await database.raw(
    `insert into balances select name, ${openingBalance} from generate_series(0, ${balances - 1}) as name`,
  );
}

const tables = `
  create table orders (id text primary key, total integer not null, status text not null default 'PENDING');
  create table ledger (place bigserial primary key, order_id text not null, entry text not null, total integer not null);
  create table balances (name integer primary key, amount bigint not null);
  create table failures (work text primary key, tries integer not null);`;
