import type { Knex } from 'knex';
import { lacksSchema } from '../../database/error-kind.ts';
import { serializeData } from '../../events/event/data.ts';
import type { NewEvent } from '../../events/event/definition.ts';

export type RequestStatus = 'done' | 'refused' | 'canceled';

/** An answer that was published, to publish it again. */
export interface StoredAnswer {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly version: number;
  readonly aggregate: string;
  readonly data: unknown;
}

const insert = `
  insert into saga_requests (request_id, status) values (?, 'canceled') on conflict do nothing returning request_id`;

/** Records a request. Resolves to false if it is known; waits for another transaction that records it. */
export async function insertRequest(trx: Knex.Transaction, requestId: string): Promise<boolean> {
  try {
    const { rows } = await trx.raw<{ rows: object[] }>(insert, [requestId]);
    return rows.length > 0;
  } catch (cause) {
    if (!lacksSchema(cause)) throw cause;
    throw new Error(
      `the table saga_requests is missing; add a migration with "export { down, up } from 'microservice-runtime/tables/saga-requests';", and run npx knex migrate:latest`,
      { cause },
    );
  }
}

const find = 'update saga_requests set used_at = now() where request_id = ? returning status, answer';

/** Resolves to a request that was received again, locked until the end of the transaction. */
export async function findRequest(
  trx: Knex.Transaction,
  requestId: string,
): Promise<{ status: RequestStatus; answer: StoredAnswer | null } | undefined> {
  const { rows } = await trx.raw<{ rows: { status: RequestStatus; answer: StoredAnswer | null }[] }>(find, [
    requestId,
  ]);
  return rows[0];
}

const settle = 'update saga_requests set status = ?, answer = cast(? as jsonb) where request_id = ?';

/** Stores the answer to a request, or the confirmation of its cancel. */
export async function settleRequest(
  trx: Knex.Transaction,
  requestId: string,
  status: RequestStatus,
  { definition, aggregateId, data }: NewEvent,
): Promise<void> {
  const { topic, type, version, aggregate } = definition;
  const answer = {
    topic,
    key: aggregateId,
    type,
    version,
    aggregate,
    data: JSON.parse(serializeData(definition, data)) as unknown,
  };
  await trx.raw(settle, [status, JSON.stringify(answer), requestId]);
}
