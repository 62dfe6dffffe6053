import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { ProducerIds } from '../producer-ids.ts';
import type { Api } from './api.ts';

/** Gives an idempotent producer its id. Transactions are not supported: a transactional id is refused. */
export function initProducerIdApi(producerIds: ProducerIds): Api {
  return {
    key: 22,
    versions: [0, 1],
    handle(request) {
      const transactionalId = request.nullableString();
      request.int32();
      const writer = new Writer().int32(0);
      return transactionalId === null
        ? writer.int16(errorCodes.none).int64(producerIds.next()).int16(0)
        : writer.int16(errorCodes.invalidRequest).int64(-1).int16(-1);
    },
  };
}
