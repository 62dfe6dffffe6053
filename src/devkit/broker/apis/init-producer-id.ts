import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { ProducerIds } from '../storage/producer-ids.ts';
import type { Api } from './api.ts';

/** Assigns an id to an idempotent producer. Transactions are not supported: a transactional id is refused. */
export function initProducerIdApi(producerIds: ProducerIds): Api {
  return {
    key: 22,
    versions: [0, 5],
    flexibleFrom: 2,
    handle(request, { version, isFlexible }) {
      const transactionalId = request.nullableString();
      request.int32();
      if (version >= 3) readKnownProducer(request);
      request.tags();
      const writer = new Writer(isFlexible).int32(0);
      return transactionalId === null
        ? writer.int16(errorCodes.none).int64(producerIds.next()).int16(0)
        : writer.int16(errorCodes.invalidRequest).int64(-1).int16(-1);
    },
  };
}

/** A producer that already has an id and an epoch gets a new id too: only transactions need a later epoch (KIP-360). */
function readKnownProducer(request: Reader): void {
  request.int64();
  request.int16();
}
