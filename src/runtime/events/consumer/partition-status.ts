import type { Damage } from '../kafka/records/record-set.ts';
import type { TopicPartition } from '../event/message.ts';
import type { Retrying } from './recovery.ts';

export interface PartitionStatus extends TopicPartition {
  /** The next offset to handle. */
  position: number;
  /** The number of events that were not handled at the last fetch. */
  lag: number;
  /** The time at which Kafka received the first waiting event, in milliseconds since the epoch. */
  oldest?: number;
  /** Set while the partition waits for the next attempt of its first event, or for a dependency. */
  retrying?: Retrying;
  /** Set while the partition is stopped at a batch that cannot be read. */
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
