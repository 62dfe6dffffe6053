import { setTimeout } from 'node:timers/promises';
import { callbackify } from 'node:util';
import type { Knex } from 'knex';
import type pg from 'pg';
import { migrationTable, quoted, type MigrationTable } from './migration-table.ts';
import { printError } from '../logging/terminal.ts';

const TRY = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked';

export interface MigrationLock {
  /** The name of the lock that one migrator at a time holds in a database. */
  name?: string;
  /** How long to wait for another migrator, in ms. */
  waitFor?: number;
  /** Called after connecting: the owner's knexfile has been read by then. */
  table?: () => Promise<MigrationTable>;
}

/** How long a migrator waits for another one, in ms. */
export const LOCK_WAIT = 300_000;

/**
 * Knex pool options that make any number of migrators safe. The pool's single connection holds a session-level advisory lock
 * from before the first query until it closes, so a killed migrator releases it with its connection. Waiting ends with an
 * error after `waitFor`.
 */
export function migrationPool(options: MigrationLock = {}): Knex.PoolConfig {
  const {
    name = 'microservice-runtime:migrations',
    waitFor = LOCK_WAIT,
    table = async () => migrationTable(),
  } = options;
  return {
    // a second connection would wait for the first; `min` keeps an idle one open
    min: 1,
    max: 1,
    createTimeoutMillis: waitFor + 5_000,
    afterCreate(connection: pg.Client, done: (error: unknown, connection: pg.Client) => void) {
      callbackify(prepare)(connection, name, waitFor, table, (error) => done(error, connection));
    },
  };
}

async function prepare(
  connection: pg.Client,
  name: string,
  waitFor: number,
  table: () => Promise<MigrationTable>,
): Promise<void> {
  try {
    await noticeVanishedClient(connection);
    await takeLock(connection, name, waitFor);
    await clearLockRow(connection, await table());
  } catch (error) {
    // knex leaves a connection open if its afterCreate fails, which keeps the process alive
    await connection.end().catch(() => {});
    throw error;
  }
}

/** Polls, because a blocked `pg_advisory_lock` holds a snapshot that CREATE INDEX CONCURRENTLY waits for: a deadlock. */
async function takeLock(connection: pg.Client, name: string, waitFor: number): Promise<void> {
  const deadline = Date.now() + waitFor;
  for (let attempt = 0; !(await connection.query(TRY, [name])).rows[0].locked; attempt += 1) {
    if (attempt === 0) printError('waiting for another migrator of this database to finish');
    if (Date.now() > deadline) {
      throw new Error(
        `another migrator of this database has not finished for ${waitFor} ms; look for it in pg_stat_activity`,
      );
    }
    await setTimeout(200 + Math.random() * 100);
  }
}

/** Lets the server notice within 2 s that we are gone, even during a statement; not supported on every platform. */
async function noticeVanishedClient(connection: pg.Client): Promise<void> {
  await connection.query("set client_connection_check_interval = '2s'").catch(() => {});
}

/** We hold the lock, so a set row in knex's own lock table is a leftover of a killed migrator. */
async function clearLockRow(connection: pg.Client, table: MigrationTable): Promise<void> {
  const lock = quoted(table, '_lock');
  const { rows } = await connection.query('select to_regclass($1) is not null as there', [lock]);
  if (rows[0].there) await connection.query(`update ${lock} set is_locked = 0 where is_locked <> 0`);
}
