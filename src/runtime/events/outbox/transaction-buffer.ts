import type { Knex } from 'knex';
import { failpoint } from '../../async/failpoint.ts';
import { onTransactionEnd } from '../../database/transaction-end.ts';
import type { OutgoingMessage } from '../event/message.ts';
import { insertIntoOutbox, type InsertOptions, type OutboxConnection } from './insert.ts';

/** Messages buffered until their transactions commit. */
export interface TransactionBuffers {
  /**
   * Buffers a message until the transaction commits; all of its messages are then inserted in one statement before COMMIT.
   * Rolling back a savepoint drops its messages. If the insert fails, so does the commit, and everything is rolled back.
   * Throws if the transaction has ended.
   */
  add(trx: Knex.Transaction, message: OutgoingMessage): void;
}

/** @param onCommit receives the lanes of a transaction after its commit */
export function createTransactionBuffers(
  onCommit: (lanes: ReadonlySet<number>) => void,
  options?: InsertOptions,
): TransactionBuffers {
  const buffers = new WeakMap<Knex.Transaction, OutgoingMessage[]>();

  function bufferOf(trx: Knex.Transaction): OutgoingMessage[] {
    const known = buffers.get(trx);
    if (known) return known;
    const messages: OutgoingMessage[] = [];
    let lanes: ReadonlySet<number> = new Set();
    buffers.set(trx, messages);
    onTransactionEnd(trx, {
      async beforeCommit(connection) {
        lanes = await insertBuffered(connection, messages);
      },
      afterCommit: () => void (lanes.size > 0 && onCommit(lanes)),
      afterRelease() {
        const outer = trx.parentTransaction && bufferOf(trx.parentTransaction);
        for (const message of messages) outer?.push(message);
      },
    });
    return messages;
  }

  async function insertBuffered(connection: OutboxConnection, messages: readonly OutgoingMessage[]) {
    const lanes = await insertIntoOutbox(connection, messages, options);
    failpoint('outbox.inserted');
    return lanes;
  }

  return {
    add(trx, message) {
      if (!trx.isTransaction) {
        throw new Error(
          `cannot publish to ${message.topic}: the argument is not a Knex transaction; pass trx, or omit the argument`,
        );
      }
      if (trx.isCompleted()) {
        throw new Error(
          `cannot publish to ${message.topic}: the transaction is already committed or rolled back; await publish before the transaction ends`,
        );
      }
      bufferOf(trx).push(message);
    },
  };
}
