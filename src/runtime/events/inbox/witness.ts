import { createHash } from 'node:crypto';
import type { IncomingMessage } from '../event/message.ts';

/**
 * A record that a group has seen in a partition. Kafka never changes a record, so that another one at its offset proves
 * another log: the topic was deleted and made again, another cluster answers, or the end of the log was cut off
 * (unclean.leader.election.enable). A record that is gone, by compaction or retention, proves nothing.
 */
export interface Witness {
  offset: number;
  /** Milliseconds since 1970, as Kafka has it; null in logs that have none. */
  timestamp: string | null;
  /** Of the key and the value. */
  digest: Buffer;
}

const DIGEST_BYTES = 16;

export function witnessOf({ offset, timestamp, key, value }: IncomingMessage): Witness {
  const hash = createHash('sha256');
  // a length before each keeps them apart, and null apart from empty
  for (const part of [key, value])
    hash.update(`${part === null ? -1 : Buffer.byteLength(part)} `).update(part ?? '');
  return {
    offset: Number(offset),
    timestamp: int64Of(timestamp),
    digest: hash.digest().subarray(0, DIGEST_BYTES),
  };
}

/** As PostgreSQL's bigint takes it; Kafka's own are of 64 bits, whatever time they mean. */
const int64Of = (timestamp = ''): string | null =>
  /^-?\d{1,19}$/.test(timestamp) && BigInt.asIntN(64, BigInt(timestamp)) === BigInt(timestamp)
    ? timestamp
    : null;

export const isSameRecord = (one: Witness, other: Witness): boolean =>
  one.offset === other.offset && one.timestamp === other.timestamp && one.digest.equals(other.digest);

/** For a log: when a record was written, and its digest. */
export function describeWitness({ timestamp, digest }: Witness): string {
  const time = new Date(Number(timestamp ?? NaN));
  const written = Number.isNaN(time.getTime()) ? `timestamp ${timestamp}` : time.toISOString();
  return `${written} (sha256 ${digest.toString('hex')})`;
}
