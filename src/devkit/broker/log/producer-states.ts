import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import type { BatchHeader } from '../protocol/record-batch.ts';

/** A producer may have this many requests in flight, and duplicates are detected among as many of its last batches. */
const KEPT_BATCHES = 5;

/** Beyond this number, the producers that have been silent the longest are forgotten; Kafka forgets them after a day. */
const KEPT_PRODUCERS = 10_000;

const SEQUENCE_LIMIT = 2 ** 31;

interface KeptBatch {
  first: number;
  last: number;
  baseOffset: number;
}

interface Producer {
  epoch: number;
  batches: KeptBatch[];
}

export type ProducerSnapshot = [producerId: number, producer: Producer][];

/** The decision for a batch: append it, answer with its existing offset, or refuse it. */
export type SequenceCheck = { append: true } | { duplicateOf: number } | { error: ErrorCode };

/** The idempotent producers of one partition, like Kafka's ProducerStateManager (KIP-98). */
export interface ProducerStates {
  check(header: BatchHeader): SequenceCheck;
  record(header: BatchHeader, baseOffset: number): void;
  snapshot(): ProducerSnapshot;
}

export function createProducerStates(snapshot: ProducerSnapshot = []): ProducerStates {
  const producers = new Map<number, Producer>(snapshot);
  return {
    check(header) {
      const producer = producers.get(header.producerId);
      if (header.producerId < 0 || !producer) return { append: true };
      return checkSequence(producer, header);
    },
    record(header, baseOffset) {
      if (header.producerId < 0) return;
      const known = producers.get(header.producerId);
      const batches = known && known.epoch === header.producerEpoch ? known.batches : [];
      const kept = [...batches, { first: header.baseSequence, last: lastSequence(header), baseOffset }];
      producers.delete(header.producerId);
      producers.set(header.producerId, { epoch: header.producerEpoch, batches: kept.slice(-KEPT_BATCHES) });
      if (producers.size > KEPT_PRODUCERS) producers.delete(producers.keys().next().value!);
    },
    snapshot: () => [...producers],
  };
}

function checkSequence(producer: Producer, header: BatchHeader): SequenceCheck {
  if (header.producerEpoch < producer.epoch) return { error: errorCodes.invalidProducerEpoch };
  if (header.producerEpoch > producer.epoch) return inOrder(header.baseSequence === 0);
  const last = lastSequence(header);
  const known = producer.batches.find((batch) => batch.first === header.baseSequence && batch.last === last);
  if (known) return { duplicateOf: known.baseOffset };
  const before = producer.batches.at(-1)?.last ?? SEQUENCE_LIMIT - 1;
  return inOrder(header.baseSequence === (before + 1) % SEQUENCE_LIMIT);
}

function inOrder(accepted: boolean): SequenceCheck {
  return accepted ? { append: true } : { error: errorCodes.outOfOrderSequence };
}

/** Sequence numbers restart at 0 after 2^31 - 1. */
function lastSequence(header: BatchHeader): number {
  return (header.baseSequence + header.lastOffsetDelta) % SEQUENCE_LIMIT;
}
