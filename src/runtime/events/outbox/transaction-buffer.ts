import type { Knex } from 'knex';
import { failpoint } from '../../async/failpoint.ts';
import type { LastStatement } from '../../database/pipeline/service-connection.ts';
import { onTransactionEnd } from '../../database/transaction-end.ts';
import type { OutgoingMessage } from '../event/message.ts';
import {
  addLanes,
  outboxStatements,
  type InsertOptions,
  type OutboxConnection,
  type OutboxStatement,
} from './insert.ts';

/** Messages buffered until their transactions commit. */
export interface TransactionBuffers {
  /**
   * Buffers a message until the transaction commits; all of its messages are then inserted together with COMMIT. Rolling back a savepoint drops its messages. If the insert fails, so does the commit, and everything is rolled back.
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
    const lanes = new Set<number>();
    buffers.set(trx, messages);
    onTransactionEnd(trx, {
      beforeCommit: (connection) => insertBuffered(connection, messages, lanes),
      afterCommit: () => void (lanes.size > 0 && onCommit(lanes)),
      afterRelease() {
        const outer = trx.parentTransaction && bufferOf(trx.parentTransaction);
        for (const message of messages) outer?.push(message);
      },
    });
    return messages;
  }

  /** Inserts all messages but those of the last statement, to which it resolves. */
  async function insertBuffered(
    connection: OutboxConnection,
    messages: readonly OutgoingMessage[],
    lanes: Set<number>,
  ): Promise<LastStatement | undefined> {
    let last: OutboxStatement | undefined;
    for (const statement of outboxStatements(messages, options)) {
      if (last) addLanes(lanes, (await connection.query(last)).rows);
      last = statement;
    }
    return (
      last && {
        statement: last,
        onSent: () => failpoint('outbox.sent'),
        onResult: ({ rows }) => addLanes(lanes, rows),
      }
    );
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
