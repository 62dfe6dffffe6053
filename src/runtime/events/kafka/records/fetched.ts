import type { IncomingMessage, TopicPartition } from '../../event/message.ts';
import type { Damage } from './record-set.ts';

/** What one fetch brought of one partition: the messages in order. */
export interface Fetched extends TopicPartition {
  /** The offset that was asked for. */
  from: number;
  messages: IncomingMessage[];
  /** The offset after all that was read, with what holds no message: the ends of transactions, and aborted ones. */
  next: number;
  /** The offset after the last message that a consumer may get, as the broker saw it then: open transactions end it. */
  end: number;
  /** The offset after the last message of the log. */
  logEnd: number;
  /** The batch at `next` cannot be read. */
  damage?: Damage;
}
