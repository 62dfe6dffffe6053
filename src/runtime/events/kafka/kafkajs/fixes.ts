import { createRequire } from 'node:module';
import { type EncodedRecord, encodeRecord, type RecordFields } from './record-encoder.ts';

/** The modules of KafkaJS that hold the encoder of records once they are loaded. */
const produceRequest = /kafkajs[\\/]src[\\/]protocol[\\/]requests[\\/]produce[\\/]v\d+[\\/]request\.js$/;

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
 * Puts record-encoder.ts before KafkaJS's own encoder of records, which still encodes what that leaves to it: encoding was half
 * of what a relay has to do. KafkaJS 2.2.4 loads the encoder when it sends for the first time; requests of a client that has
 * sent already are loaded again. Can go when KafkaJS no longer makes a buffer for every header.
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
  for (const file of Object.keys(require.cache)) if (produceRequest.test(file)) delete require.cache[file];
}
