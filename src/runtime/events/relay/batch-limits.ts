import { messageBytes } from '../event/message.ts';
import type { OutboxRow } from './outbox-rows.ts';

/** After this time a topic's limit is forgotten, since it may have been raised. */
const REMEMBERED = 60_000;

/**
 * The size that each topic accepts at once. `max.message.bytes` limits a batch, so if it is small, a request may be refused
 * although each of its messages would be accepted alone.
 */
export interface BatchLimits {
  /** These rows of one topic were refused because of their size, and accepted in parts. */
  learn(rows: readonly OutboxRow[]): void;
  /** Splits rows, in order, into parts that are within the known limits of their topics. */
  cut(rows: OutboxRow[]): OutboxRow[][];
}

export function createBatchLimits(): BatchLimits {
  const limits = new Map<string, { bytes: number; until: number }>();

  function limitOf(topic: string): number {
    const known = limits.get(topic);
    if (known && known.until < performance.now()) limits.delete(topic);
    return limits.get(topic)?.bytes ?? Infinity;
  }

  return {
    learn(rows) {
      const topic = rows[0]?.topic ?? '';
      const half = rows.reduce((bytes, row) => bytes + messageBytes(row), 0) / 2;
      const until = limits.get(topic)?.until ?? performance.now() + REMEMBERED;
      limits.set(topic, { bytes: Math.min(half, limitOf(topic)), until });
    },
    cut(rows) {
      if (limits.size === 0) return [rows];
      const parts: OutboxRow[][] = [];
      let bytes = new Map<string, number>();
      for (const row of rows) {
        const sum = (bytes.get(row.topic) ?? 0) + messageBytes(row);
        if (parts.length === 0 || sum > limitOf(row.topic)) {
          parts.push([]);
          bytes = new Map();
        }
        parts.at(-1)?.push(row);
        bytes.set(row.topic, (bytes.get(row.topic) ?? 0) + messageBytes(row));
      }
      return parts;
    },
  };
}
