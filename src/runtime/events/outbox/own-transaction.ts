import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { isConflict } from '../../database/error-kind.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import type { OutgoingMessage } from '../event/message.ts';
import { insertIntoOutbox, type InsertOptions, type OutboxConnection } from './insert.ts';

const OWN_ATTEMPTS = 5;

/**
 * One statement is a transaction of its own, at the database's default isolation level: it reads nothing that others change,
 * so any level works. A conflict with an unrelated transaction is retried.
 */
export async function insertAlone(
  database: Knex,
  messages: readonly OutgoingMessage[],
  options: InsertOptions,
): Promise<Set<number>> {
  return retryingConflicts(async () => {
    const connection: OutboxConnection = await database.client.acquireConnection();
    try {
      return await insertIntoOutbox(connection, messages, options);
    } finally {
      await database.client.releaseConnection(connection);
    }
  });
}

/** Runs `work` in a transaction of its own, again after a conflict: an event that starts a saga needs several statements. */
export const inSeparateTransaction = <T>(
  database: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> => retryingConflicts(() => inTransaction(database, work));

async function retryingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt === OWN_ATTEMPTS) throw error;
    }
    await sleep(10 * attempt * Math.random());
  }
}
