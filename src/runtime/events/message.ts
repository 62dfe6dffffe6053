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
  /** When the producer or the broker had it, in milliseconds since the epoch. */
  timestamp?: string;
}

/** An upper bound of what a message takes in a record batch. */
export function messageBytes({ key, value, headers }: OutgoingMessage): number {
  let bytes = 32 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers)) bytes += 8 + name.length + Buffer.byteLength(text);
  return bytes;
}
