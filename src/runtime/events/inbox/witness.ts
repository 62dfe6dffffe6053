import { createHash } from 'node:crypto';
import type { IncomingMessage } from '../event/message.ts';

/**
 * A record that a group has seen in a partition. Kafka never changes a record, so a different record at its offset proves a
 * different log: the topic was deleted and created again, another cluster answers, or the end of the log was cut off
 * (unclean.leader.election.enable). A record that is missing, after compaction or retention, proves nothing.
 */
export interface Witness {
  offset: number;
  /** Kafka's timestamp in milliseconds since 1970; null in logs without timestamps. */
  timestamp: string | null;
  /** The digest of the key and the value. */
  digest: Buffer;
}

const DIGEST_BYTES = 16;

export function witnessOf({ offset, timestamp, key, value }: IncomingMessage): Witness {
  const hash = createHash('sha256');
  // a length before each separates them, and distinguishes null from empty
  for (const part of [key, value])
    hash.update(`${part === null ? -1 : Buffer.byteLength(part)} `).update(part ?? '');
  return {
    offset: Number(offset),
    timestamp: int64Of(timestamp),
    digest: hash.digest().subarray(0, DIGEST_BYTES),
  };
}

/** Converts a timestamp to PostgreSQL's bigint; Kafka's timestamps are 64-bit integers of any meaning. */
const int64Of = (timestamp = ''): string | null =>
  /^-?\d{1,19}$/.test(timestamp) && BigInt.asIntN(64, BigInt(timestamp)) === BigInt(timestamp)
    ? timestamp
    : null;

export const isSameRecord = (one: Witness, other: Witness): boolean =>
  one.offset === other.offset && one.timestamp === other.timestamp && one.digest.equals(other.digest);

/** Describes a record for the log: its timestamp and its digest. */
export function describeWitness({ timestamp, digest }: Witness): string {
  const time = new Date(Number(timestamp ?? NaN));
  const written = Number.isNaN(time.getTime()) ? `timestamp ${timestamp}` : time.toISOString();
  return `${written} (sha256 ${digest.toString('hex')})`;
}
