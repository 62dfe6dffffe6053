/** A message as it goes to Kafka. Messages of one topic and key keep their order. */
export interface OutgoingMessage {
  topic: string;
  key: string;
  value: string | Buffer;
  headers: Record<string, string>;
}

/** A message as it came from Kafka. */
export interface IncomingMessage {
  topic: string;
  partition: number;
  offset: string;
  key: string | Buffer | null;
  value: string | Buffer | null;
  headers: Record<string, string | Buffer | (string | Buffer)[] | undefined>;
  /** When the producer or the broker had it, in milliseconds since the epoch; see `receivedAt`. */
  timestamp?: string;
  /** It is larger than events may be, as `excessOf` says: nothing reads its value, and nothing keeps it. */
  excess?: string;
}

/** The end of the year 9999: RFC 3339, and so JSON and logs, has no later time. */
const LATEST = Date.UTC(10_000, 0) - 1;

/**
 * When Kafka had a message, in milliseconds since the epoch. Undefined where its timestamp is no such time: a producer may
 * write any integer of 64 bits, such as nanoseconds.
 */
export function receivedAt({ timestamp }: Pick<IncomingMessage, 'timestamp'>): number | undefined {
  const time = Number(timestamp ?? -1);
  return time >= 0 && time <= LATEST ? time : undefined;
}

/** An upper bound of what a message takes in a record batch. */
export function messageBytes({ key, value, headers }: OutgoingMessage): number {
  let bytes = 32 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers)) bytes += 8 + name.length + Buffer.byteLength(text);
  return bytes;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}
