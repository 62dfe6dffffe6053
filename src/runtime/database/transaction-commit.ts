import type { Knex } from 'knex';

type Query = (connection: unknown, statement: unknown) => Promise<unknown>;

/**
 * Throws if PostgreSQL answered COMMIT with ROLLBACK, which it does without an error after a statement of the transaction has
 * failed. `answer` is the result of Knex's query (knex 3.3, lib/dialects/postgres/index.js).
 */
function checkCommitted(answer: unknown): void {
  const { response }: { response?: { command?: string } } = Object(answer);
  if (response?.command !== 'ROLLBACK') return;
  throw new Error(
    'PostgreSQL rolled back instead of committing: a statement had failed, and its error was caught. ' +
      'Let the error through, or run the statement in a savepoint: trx.transaction(...)',
  );
}

/** Makes a transaction reject if PostgreSQL rolls it back at COMMIT. */
export function rejectRolledBack(trx: Knex.Transaction): void {
  const client: { query: Query } = trx.client;
  const query = client.query;
  client.query = async (connection, statement) => {
    const answer = await query.call(client, connection, statement);
    if (statement === 'COMMIT;') checkCommitted(answer);
    return answer;
  };
}
