import { type KafkaDriver, SendError, TopicError } from './kafka-driver.ts';
import type { OutboxRow } from './outbox-queue.ts';

/** What became of rows: those that are in Kafka, and the first of those that are not, by topic. */
export interface Sent {
  sent: OutboxRow[];
  failures: SendFailure[];
}

export interface SendFailure {
  topic: string;
  row: OutboxRow;
  error: Error;
}

export interface OutboxSender {
  /**
   * Sends rows in their order; never rejects. Where Kafka refuses, the rows are sent apart, so that one topic or one event
   * that is refused holds up nobody but those behind it. What was sent of a topic and lane is always its first rows.
   */
  send(rows: OutboxRow[]): Promise<Sent>;
  close(): Promise<void>;
}

/** One connection to Kafka; topics that are missing are made when they are first used. */
export function createOutboxSender(driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>): OutboxSender {
  const sender = driver.createSender();
  const ensured = new Set<string>();

  async function sendTogether(rows: OutboxRow[]): Promise<void> {
    const topics = topicsOf(rows);
    const missing = topics.filter((topic) => !ensured.has(topic));
    try {
      if (missing.length > 0) await driver.ensureTopics(missing);
      await sender.send(rows);
      for (const topic of missing) ensured.add(topic);
    } catch (error) {
      for (const topic of topics) ensured.delete(topic);
      throw error;
    }
  }

  async function send(rows: OutboxRow[]): Promise<Sent> {
    try {
      await sendTogether(rows);
      return { sent: rows, failures: [] };
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const acknowledged = error instanceof SendError ? error.acknowledged : 0;
      const rest = await sendRest(rows.slice(acknowledged), error);
      return { sent: [...rows.slice(0, acknowledged), ...rest.sent], failures: rest.failures };
    }
  }

  async function sendRest(rows: OutboxRow[], error: Error): Promise<Sent> {
    const parts = isRefusal(error) ? split(rows) : [];
    return parts.length > 1 ? sendApart(parts) : { sent: [], failures: failuresOf(rows, error) };
  }

  async function sendApart(parts: OutboxRow[][]): Promise<Sent> {
    const all: Sent = { sent: [], failures: [] };
    for (const part of parts) {
      if (all.failures.some(({ error }) => !isRefusal(error))) break; // Kafka is away: the rest would only wait for it
      if (all.failures.some(({ row }) => isBehind(part, row))) continue;
      const { sent, failures } = await send(part);
      all.sent.push(...sent);
      all.failures.push(...failures);
    }
    return all;
  }

  return { send, close: () => sender.close() };
}

/** By topic, or a topic's own rows one by one. */
function split(rows: OutboxRow[]): OutboxRow[][] {
  const topics = topicsOf(rows);
  return topics.length > 1
    ? topics.map((topic) => rows.filter((row) => row.topic === topic))
    : rows.map((row) => [row]);
}

const isRefusal = (error: Error): boolean =>
  (error instanceof SendError || error instanceof TopicError) && error.refused;

const isBehind = (part: OutboxRow[], failed: OutboxRow): boolean =>
  part.length === 1 && part.some(({ topic, lane }) => topic === failed.topic && lane === failed.lane);

const topicsOf = (rows: OutboxRow[]): string[] => [...new Set(rows.map(({ topic }) => topic))];

const failuresOf = (rows: OutboxRow[], error: Error): SendFailure[] =>
  topicsOf(rows)
    .flatMap((topic) => rows.filter((row) => row.topic === topic).slice(0, 1))
    .map((row) => ({ topic: row.topic, row, error }));
