import type { Damage } from '../kafka/records/record-set.ts';
import type { TopicPartition } from '../event/message.ts';
import type { Retrying } from './recovery.ts';

export interface PartitionStatus extends TopicPartition {
  /** The next offset to handle. */
  position: number;
  /** Events that are not handled yet, as of the last fetch. */
  lag: number;
  /** When Kafka had the first event that waits here, in milliseconds since the epoch. */
  oldest?: number;
  /** Set while the partition waits: for the next try of its first event, or for what does not answer. */
  retrying?: Retrying;
  /** Set while the partition stops at a batch that cannot be read. */
  stopped?: Damage;
}

/** Returns only the properties that are set. */
export const troubleOf = ({
  retrying,
  stopped,
}: {
  retrying: Retrying | undefined;
  stopped: Damage | undefined;
}) => ({
  ...(retrying && { retrying }),
  ...(stopped && { stopped }),
});
