import type { Knex } from 'knex';
import { failpoint } from '../../async/failpoint.ts';
import type { OutgoingMessage } from '../event/message.ts';
import { type Connection, insertIntoOutbox, type InsertOptions } from './insert.ts';

type Query = (connection: Connection, statement: unknown) => Promise<unknown>;

interface Pending {
  messages: OutgoingMessage[];
  closed: boolean;
}

/** Messages that wait in their transactions. */
export interface TransactionBuffers {
  /**
   * Keeps a message until the transaction commits, and inserts all of its messages then, in one statement before COMMIT. A
   * savepoint that is rolled back drops its messages. When the insert fails, so does the commit, and all is rolled back.
   * Throws when the transaction is over.
   */
  add(trx: Knex.Transaction, message: OutgoingMessage): void;
}

/** @param onCommit is told the lanes that a transaction wrote to, once it is committed */
export function createTransactionBuffers(
  onCommit: (lanes: ReadonlySet<number>) => void,
  options?: InsertOptions,
): TransactionBuffers {
  const buffers = new WeakMap<Knex.Transaction, Pending>();

  function pendingOf(trx: Knex.Transaction): Pending {
    const known = buffers.get(trx);
    if (known) return known;
    const pending: Pending = { messages: [], closed: false };
    buffers.set(trx, pending);
    watchEnd(trx, {
      commit: (connection, commit) => flush(pending, connection, commit),
      release: (release) => handOver(pending, trx, release),
      rollback: () => close(pending),
    });
    return pending;
  }

  async function flush(pending: Pending, connection: Connection, commit: () => Promise<unknown>) {
    const messages = close(pending);
    let lanes = new Set<number>();
    try {
      if (messages.length > 0) lanes = await insertIntoOutbox(connection, messages, options);
      if (messages.length > 0) failpoint('outbox.inserted');
    } catch (error) {
      await rollBack(connection);
      throw error;
    }
    const result = await commit();
    if (lanes.size > 0) onCommit(lanes);
    return result;
  }

  async function handOver(pending: Pending, trx: Knex.Transaction, release: () => Promise<unknown>) {
    const messages = close(pending);
    const result = await release();
    if (trx.parentTransaction && messages.length > 0)
      pendingOf(trx.parentTransaction).messages.push(...messages);
    return result;
  }

  return {
    add(trx, message) {
      if (!trx.isTransaction) {
        throw new Error(
          `cannot publish to ${message.topic}: the argument is not a Knex transaction; pass trx, or omit the argument`,
        );
      }
      if (trx.isCompleted() || buffers.get(trx)?.closed) {
        throw new Error(
          `cannot publish to ${message.topic}: the transaction is already committed or rolled back; await publish before the transaction ends`,
        );
      }
      pendingOf(trx).messages.push(message);
    },
  };
}

function close(pending: Pending): OutgoingMessage[] {
  const { messages } = pending;
  pending.messages = [];
  pending.closed = true;
  return messages;
}

interface EndWatcher {
  commit(connection: Connection, commit: () => Promise<unknown>): Promise<unknown>;
  release(release: () => Promise<unknown>): Promise<unknown>;
  rollback(): void;
}

/**
 * Stands between Knex and the statement that ends a transaction. Every form of ending one, a callback that returns,
 * `trx.commit()`, a `trx.commit` that was taken before, comes to `trx.client.query` with the statement as a plain string,
 * and nothing else does (knex 3.3, lib/execution/transaction.js).
 */
function watchEnd(trx: Knex.Transaction, watcher: EndWatcher): void {
  const client: { query: Query } = trx.client;
  const query = client.query;
  // when the insert is done Knex holds the transaction for completed, and only the prototype's query still sends COMMIT
  const { query: ownQuery }: { query: Query } = Object.getPrototypeOf(client);
  client.query = (connection, statement) => {
    if (trx.isCompleted()) return query.call(client, connection, statement); // which rejects
    const send = (): Promise<unknown> => ownQuery.call(client, connection, statement);
    if (statement === 'COMMIT;') return watcher.commit(connection, send);
    if (isStatement(statement, 'RELEASE')) return watcher.release(send);
    if (isStatement(statement, 'ROLLBACK')) watcher.rollback();
    return query.call(client, connection, statement);
  };
  rejectFailedCommit(trx);
}

const isStatement = (statement: unknown, word: string): boolean =>
  typeof statement === 'string' && statement.startsWith(word);

/** Knex's own `trx.commit()` resolves when COMMIT failed, and only the transaction's promise rejects. */
function rejectFailedCommit(trx: Knex.Transaction): void {
  const commit = trx.commit.bind(trx);
  const commitChecked = async (value?: unknown): Promise<unknown> => {
    await commit(value);
    return trx.executionPromise;
  };
  Object.assign(trx, {
    commit(value?: unknown) {
      const committing = commitChecked(value);
      committing.catch(() => undefined); // who does not await it has the transaction's promise, as with Knex
      return committing;
    },
  });
}

/** A connection that cannot roll back must not go back to the pool with its transaction open. */
async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.query('ROLLBACK');
  } catch (error) {
    Object.assign(connection, { __knex__disposed: error });
  }
}
