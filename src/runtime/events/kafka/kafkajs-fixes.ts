import { createRequire } from 'node:module';
import { type EncodedRecord, encodeRecord, type RecordFields } from './record-encoder.ts';

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
}

/**
 * Each connection of KafkaJS 2.2.4 wakes up every millisecond for ever, by a timer with a negative delay, of which Node 22
 * warns (tulios/kafkajs#1751). This schedules it only where requests wait. Can go when KafkaJS does it.
 */
export function stopIdleTimers(): void {
  const queues: { prototype: { scheduleCheckPendingRequests(): void } } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue',
  );
  queues.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
}

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  const delay = Math.max(this.throttledUntil - Date.now(), 10);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
}

/**
 * Where an offset is out of range, KafkaJS 2.2.4 goes on at the first or last message by itself, and nobody hears which
 * events were left out. Instead the member is lost with this error, and the next one starts where PostgreSQL says, loudly.
 */
export function stopJumps(): void {
  const groups: { prototype: { recoverFromOffsetOutOfRange(outOfRange: Error): Promise<void> } } =
    createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup');
  groups.prototype.recoverFromOffsetOutOfRange = async (outOfRange) => {
    throw outOfRange;
  };
}

/**
 * KafkaJS 2.2.4 takes its encoder of records from this module when it sends for the first time; what record-encoder.ts leaves to
 * it, it does itself. Encoding was half of what a relay has to do. Can go when KafkaJS no longer makes a buffer for every header.
 */
export function encodeRecordsQuickly(): void {
  const require = createRequire(import.meta.url);
  const name = 'kafkajs/src/protocol/recordBatch/record/v0';
  const encode: (fields: RecordFields) => EncodedRecord = require(name);
  const loaded = require.cache[require.resolve(name)];
  if (!loaded || 'isQuick' in encode) return;
  loaded.exports = Object.assign((fields: RecordFields) => encodeRecord(fields) ?? encode(fields), {
    isQuick: true,
  });
}
