import type { Knex } from 'knex';
import type { Client as Connection } from 'pg';
import { replaceConnection } from './end-connection.ts';
import { LastStatementError, ServiceConnection, type LastStatement } from './pipeline/service-connection.ts';

/** Work that belongs to the end of a transaction. Each hook runs once at most. */
export interface EndHooks {
  /**
   * Runs before COMMIT is sent. Its statements use `connection`, since Knex considers the transaction completed. It can leave
   * the last statement to COMMIT: it resolves to that statement, and both are sent together. When it rejects, or when that
   * statement fails, the transaction is rolled back and rejects with that error.
   */
  beforeCommit?(connection: Connection): Promise<LastStatement | void>;
  /** Runs once the transaction is committed. */
  afterCommit?(): void;
  /** Runs once a savepoint is released: from then on its work belongs to `trx.parentTransaction`. */
  afterRelease?(): void;
}

type Query = (connection: Connection, statement: unknown) => Promise<unknown>;
type SendCommit = (last?: LastStatement) => Promise<unknown>;

const hooksOf = new WeakMap<Knex.Transaction, EndHooks[]>();

/**
 * Adds hooks to the end of a transaction or a savepoint; they run in the order in which they were added. From then on
 * the transaction, and its `commit()`, reject when COMMIT fails and when PostgreSQL answers COMMIT with ROLLBACK.
 * The hooks are removed from the connection when the transaction has ended.
 */
export function onTransactionEnd(trx: Knex.Transaction, hooks: EndHooks): void {
  const known = hooksOf.get(trx);
  if (known) return void known.push(hooks);
  const all = [hooks];
  hooksOf.set(trx, all);
  interceptEnd(trx, all);
  rejectFailedCommit(trx);
}

/** Makes a transaction reject if PostgreSQL rolls it back at COMMIT. */
export const rejectRolledBack = (trx: Knex.Transaction): void => onTransactionEnd(trx, {});

/** The end to which a statement of Knex brings its transaction or savepoint (knex 3.3, lib/execution/transaction.js). */
export function endOf(sql: string): 'commit' | 'release' | 'rollback' | undefined {
  if (sql === 'COMMIT;') return 'commit';
  if (sql.startsWith('RELEASE SAVEPOINT')) return 'release';
  return sql.startsWith('ROLLBACK') ? 'rollback' : undefined;
}

/**
 * Intercepts the statement that ends a transaction. A callback that returns, `trx.commit()`, and a reference to `trx.commit` all
 * call `trx.client.query` with the statement as a plain string, and no other code does. Each transaction and each savepoint has
 * its own client, which is unused afterwards.
 */
function interceptEnd(trx: Knex.Transaction, hooks: readonly EndHooks[]): void {
  const client: { query: Query } = trx.client;
  const query = client.query;
  // after a hook, Knex considers the transaction completed, and only the prototype's query still sends COMMIT
  const { query: ownQuery }: { query: Query } = Object.getPrototypeOf(client);
  client.query = (connection, statement) => {
    if (typeof statement === 'string' && !trx.isCompleted()) {
      const send: SendCommit = (last) =>
        ownQuery.call(client, connection, last ? { sql: statement, options: { last } } : statement);
      const end = endOf(statement);
      if (end === 'commit') return commit(connection, send, hooks);
      if (end === 'release') return release(send, hooks);
    }
    return query.call(client, connection, statement); // which rejects when the transaction is completed
  };
}

async function commit(
  connection: Connection,
  send: SendCommit,
  hooks: readonly EndHooks[],
): Promise<unknown> {
  let last: LastStatement | undefined;
  try {
    last = await runBeforeCommit(connection, hooks);
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
  const answer = await send(last).catch(async (error: unknown) => {
    if (!(error instanceof LastStatementError)) throw error;
    await rollBack(connection);
    throw error.cause;
  });
  checkCommitted(answer);
  for (const each of hooks) each.afterCommit?.();
  return answer;
}

/** Resolves to the statement that is to be sent with COMMIT. */
async function runBeforeCommit(
  connection: Connection,
  hooks: readonly EndHooks[],
): Promise<LastStatement | undefined> {
  let last: LastStatement | undefined;
  for (const each of hooks) {
    if (!each.beforeCommit) continue;
    if (last) await runAlone(connection, last);
    last = (await each.beforeCommit(connection)) ?? undefined;
  }
  if (!last || connection instanceof ServiceConnection) return last;
  await runAlone(connection, last);
  return undefined;
}

async function runAlone(connection: Connection, { statement, onResult }: LastStatement): Promise<void> {
  onResult(await connection.query(statement));
}

async function release(send: () => Promise<unknown>, hooks: readonly EndHooks[]): Promise<unknown> {
  const answer = await send();
  for (const each of hooks) each.afterRelease?.();
  return answer;
}

/**
 * Throws if PostgreSQL answered COMMIT with ROLLBACK, which it does without an error after a statement of the transaction has
 * failed. `answer` is the result of Knex's query (knex 3.3, lib/dialects/postgres/index.js).
 */
function checkCommitted(answer: unknown): void {
  const { response }: { response?: { command?: string } } = Object(answer);
  if (response?.command !== 'ROLLBACK') return;
  throw new Error(
    'PostgreSQL rolled back instead of committing, since a statement had failed and its error was caught; ' +
      'let the error through, or run the statement in a savepoint: trx.transaction(...)',
  );
}

/** Knex's own `trx.commit()` resolves when COMMIT failed, and only the transaction's promise rejects. */
function rejectFailedCommit(trx: Knex.Transaction): void {
  const knexCommit = trx.commit.bind(trx);
  const commitChecked = async (value?: unknown): Promise<unknown> => {
    await knexCommit(value);
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
    replaceConnection(connection, error);
  }
}
