import type { Knex } from 'knex';
import * as outboxTable from '../../../src/runtime/tables/event-outbox.ts';
import * as parkedTables from '../../../src/runtime/tables/event-parked.ts';
import { createInbox } from '../../support/tables.ts';

export const openingBalance = 1_000_000;

/**
 * The database of a bank. Credits from consumers and debits from transfers are in separate tables, so a stopped consumer
 * blocks no account. `ledger` has no constraint that would hide a duplicate; `sent` records every committed transfer.
 */
export async function createBankTables(database: Knex, accounts: readonly string[]): Promise<void> {
  await outboxTable.up(database);
  await createInbox(database);
  await parkedTables.up(database);
  await database.raw(tables);
  const rows = accounts.map((id) => ({ id, balance: openingBalance, sequence: 0 }));
  if (rows.length > 0) await database('accounts').insert(rows);
}

const tables = `
  create table accounts (id text primary key, balance bigint not null, sequence integer not null);
  create table sent (
    transfer text primary key, account text not null, sequence integer not null, recipient text not null,
    amount integer not null, poisoned boolean not null, sent_at bigint not null
  );
  create table credits (account text primary key, balance bigint not null);
  create table ledger (
    place bigserial primary key, transfer text not null, account text not null, sequence integer not null,
    recipient text not null, amount integer not null, poisoned boolean not null, topic text not null, partition integer not null,
    sent_at bigint not null, handled_at bigint not null
  );
  create index on ledger (sent_at);
  create table failures (transfer text primary key, tries integer not null);
  create table cures (transfer text primary key);
  create table permits (id text primary key);
  create table vetoes (id text references permits deferrable initially deferred);`;
