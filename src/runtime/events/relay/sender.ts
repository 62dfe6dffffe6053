import { createBatchLimits } from './batch-limits.ts';
import type { KafkaDriver } from '../kafka/driver.ts';
import { type Refusal, SendError, TopicError } from '../kafka/errors.ts';
import { messageBytes } from '../event/message.ts';
import type { OutboxRow } from './outbox-rows.ts';

/** The results for rows. Rows in none of the lists wait behind one that was refused or failed. */
export interface Sent {
  sent: OutboxRow[];
  /** Single rows that Kafka refuses permanently. */
  refused: RefusedRow[];
  /** The first rows, by topic and lane, that Kafka does not accept at present, or does not answer for. */
  failures: SendFailure[];
}

export interface RefusedRow {
  row: OutboxRow;
  error: Error;
}

export interface SendFailure extends RefusedRow {
  topic: string;
  /** All rows of the topic that failed for this reason. */
  rows: OutboxRow[];
  /** Kafka answered that this client may not use the topic. */
  forbidden: boolean;
}

export interface OutboxSender {
  /**
   * Sends rows in order; never rejects. If Kafka refuses, the rows are halved until the refused one is known: a refused row
   * blocks only its own key, and a failed row blocks its topic and lane.
   */
  send(rows: OutboxRow[]): Promise<Sent>;
  close(): Promise<void>;
}

/** One connection to Kafka; missing topics are created at their first use. */
export function createOutboxSender(driver: Pick<KafkaDriver, 'createSender' | 'ensureTopics'>): OutboxSender {
  const sender = driver.createSender();
  const ensured = new Set<string>();
  const limits = createBatchLimits();

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
      return { sent: rows, refused: [], failures: [] };
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const acknowledged = error instanceof SendError ? error.acknowledged : 0;
      const rest = await sendRest(rows.slice(acknowledged), error);
      return { ...rest, sent: [...rows.slice(0, acknowledged), ...rest.sent] };
    }
  }

  async function sendRest(rows: OutboxRow[], error: Error): Promise<Sent> {
    const refusal = refusalIn(error);
    const topics = topicsOf(rows);
    if (!refusal) return failed(rows, error, false);
    if (topics.length > 1) return sendApart(topics.map((topic) => rows.filter((row) => row.topic === topic)));
    if (refusal === 'forbidden') return failed(rows, error, true);
    if (error instanceof TopicError) return failed(rows, error, false);
    if (rows.length > 1) return narrow(rows, refusal);
    if (refusal === 'other') return failed(rows, error, false);
    return { sent: [], refused: rows.map((row) => ({ row, error })), failures: [] };
  }

  async function narrow(rows: OutboxRow[], refusal: Refusal): Promise<Sent> {
    const result = await sendApart(refusal === 'size' ? splitBySize(rows) : halve(rows));
    if (refusal === 'size' && result.sent.length === rows.length) limits.learn(rows); // their total size was the reason
    return result;
  }

  /** Sends one part after the other, without rows that must wait for a row of an earlier part. */
  async function sendApart(parts: OutboxRow[][]): Promise<Sent> {
    const all: Sent = { sent: [], refused: [], failures: [] };
    for (const part of parts) {
      const rows = part.filter((row) => !hasToWait(row, all));
      if (rows.length === 0) continue;
      if (all.failures.some(({ error }) => !refusalIn(error))) break; // Kafka is down: the rest would only wait for it
      const { sent, refused, failures } = await send(rows);
      all.sent.push(...sent);
      all.refused.push(...refused);
      all.failures.push(...failures);
    }
    return all;
  }

  return {
    send(rows) {
      const parts = limits.cut(rows);
      return parts.length > 1 ? sendApart(parts) : send(rows);
    },
    close: () => sender.close(),
  };
}

function hasToWait(row: OutboxRow, { refused, failures }: Sent): boolean {
  return (
    refused.some((each) => each.row.topic === row.topic && each.row.key === row.key) ||
    failures.some((each) => each.topic === row.topic && each.rows.some(({ lane }) => lane === row.lane))
  );
}

function halve(rows: OutboxRow[]): OutboxRow[][] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}

/** A row that is much larger than the others is likely the cause, so it is sent alone. */
function splitBySize(rows: OutboxRow[]): OutboxRow[][] {
  const sizes = rows.map(messageBytes);
  const largest = Math.max(...sizes);
  const average = sizes.reduce((sum, size) => sum + size, 0) / rows.length;
  if (largest < 4 * average) return halve(rows);
  const place = sizes.indexOf(largest);
  return [rows.slice(0, place), rows.slice(place, place + 1), rows.slice(place + 1)];
}

function refusalIn(error: Error): Refusal | undefined {
  return error instanceof SendError || error instanceof TopicError ? error.refused : undefined;
}

const topicsOf = (rows: OutboxRow[]): string[] => [...new Set(rows.map(({ topic }) => topic))];

function failed(rows: OutboxRow[], error: Error, forbidden: boolean): Sent {
  const failures = topicsOf(rows).flatMap((topic) => {
    const own = rows.filter((row) => row.topic === topic);
    return own.slice(0, 1).map((row) => ({ topic, row, rows: own, error, forbidden }));
  });
  return { sent: [], refused: [], failures };
}
