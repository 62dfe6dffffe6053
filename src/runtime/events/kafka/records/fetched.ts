import type { IncomingMessage, TopicPartition } from '../../event/message.ts';
import type { Damage } from './record-set.ts';

/** The result of one fetch for one partition: its messages in order. */
export interface Fetched extends TopicPartition {
  /** The requested offset. */
  from: number;
  messages: IncomingMessage[];
  /**
   * The offset after everything that was read, including records that are not messages: the ends of transactions, and aborted
   * ones.
   */
  next: number;
  /** The offset after the last message available to a consumer at the time of the fetch: open transactions limit it. */
  end: number;
  /** The offset after the last message of the log. */
  logEnd: number;
  /** The batch at `next` cannot be read. */
  damage?: Damage;
}
