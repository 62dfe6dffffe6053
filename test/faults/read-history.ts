import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Knex } from 'knex';
import { openingBalance } from './bank/bank-tables.ts';
import type { Handled, History, Sent } from './history.ts';
import type { World } from './world.ts';

/**
 * Reads the history from the databases and the processes. Everything should be at rest, since the databases are read one
 * after the other.
 */
export async function readHistory({
  banks,
  folder,
  faults,
  calms,
}: Pick<World, 'banks' | 'folder' | 'faults' | 'calms'>): Promise<History> {
  const databases = banks.map(({ database }) => database);
  const all = async <T>(read: (database: Knex) => Promise<T[]>) =>
    (await Promise.all(databases.map(read))).flat();
  const money = await all(readMoney);
  return {
    sent: await all(readSent),
    handled: await all(readLedger),
    rolledBack: await readRolledBack(folder),
    money: {
      before: money.reduce((sum, { accounts }) => sum + accounts * openingBalance, 0),
      after: money.reduce((sum, { balances, credits }) => sum + balances + credits, 0),
    },
    faults,
    calms,
  };
}

const sentColumns = {
  sentAt: 'sent_at',
  ...same('transfer', 'account', 'sequence', 'recipient', 'amount', 'poisoned'),
};

/** PostgreSQL's bigint is a string. */
type Raw<Row, Big extends keyof Row> = Omit<Row, Big> & Record<Big, string>;

async function readSent(database: Knex): Promise<Sent[]> {
  const rows = await database('sent').select<Raw<Sent, 'sentAt'>[]>(sentColumns);
  return rows.map((row) => ({ ...row, sentAt: Number(row.sentAt) }));
}

async function readLedger(database: Knex): Promise<Handled[]> {
  const columns = { ...sentColumns, ...same('place', 'topic', 'partition'), handledAt: 'handled_at' };
  const rows = await database('ledger')
    .orderBy('place')
    .select<Raw<Handled, 'place' | 'sentAt' | 'handledAt'>[]>(columns);
  return rows.map((row) => ({
    ...row,
    place: Number(row.place),
    sentAt: Number(row.sentAt),
    handledAt: Number(row.handledAt),
  }));
}

async function readMoney(database: Knex): Promise<{ accounts: number; balances: number; credits: number }[]> {
  const { rows } = await database.raw<{ rows: Record<'accounts' | 'balances' | 'credits', string>[] }>(
    `select count(*) as accounts, coalesce(sum(balance), 0) as balances,
      (select coalesce(sum(balance), 0) from credits) as credits from accounts`,
  );
  return rows.map(({ accounts, balances, credits }) => ({
    accounts: Number(accounts),
    balances: Number(balances),
    credits: Number(credits),
  }));
}

async function readRolledBack(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n').slice(0, -1)) // text that SIGKILL has cut off is not a line
    .map((line) => JSON.parse(line) as { what: string; transfer: string })
    .filter(({ what }) => what === 'rolled back')
    .map(({ transfer }) => transfer);
}

function same<Name extends string>(...names: Name[]): Record<string, Name> {
  return Object.fromEntries(names.map((name) => [name, name]));
}
