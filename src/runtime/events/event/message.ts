/** A message to send to Kafka. Messages with the same topic and key keep their order. */
export interface OutgoingMessage {
  topic: string;
  key: string;
  value: string | Buffer;
  headers: Record<string, string>;
}

/** A message received from Kafka. */
export interface IncomingMessage {
  topic: string;
  partition: number;
  offset: string;
  key: string | Buffer | null;
  value: string | Buffer | null;
  headers: Record<string, string | Buffer | (string | Buffer)[] | undefined>;
  /** The time of the producer or the broker, in milliseconds since the epoch; see `receivedAt`. */
  timestamp?: string;
  /** Set if the message exceeds the size limit, see `excessOf`: its value is neither read nor kept. */
  excess?: string;
}

/** The end of the year 9999: RFC 3339, and so JSON and logs, has no later time. */
const LATEST = Date.UTC(10_000, 0) - 1;

/**
 * Returns the time at which Kafka received a message, in milliseconds since the epoch. Undefined if its timestamp is not such
 * a time: a producer may write any 64-bit integer, such as nanoseconds.
 */
export function receivedAt({ timestamp }: Pick<IncomingMessage, 'timestamp'>): number | undefined {
  const time = Number(timestamp ?? -1);
  return time >= 0 && time <= LATEST ? time : undefined;
}

/** Returns an upper bound of a message's size in a record batch. */
export function messageBytes({ key, value, headers }: OutgoingMessage): number {
  let bytes = 32 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers)) bytes += 8 + name.length + Buffer.byteLength(text);
  return bytes;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}
