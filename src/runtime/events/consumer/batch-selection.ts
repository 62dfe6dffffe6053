import { EventFailure } from '../handling/failure.ts';
import type { GroupHandlers } from '../handling/handlers.ts';
import type { ConsumerSettings } from '../handling/settings.ts';
import type { IncomingMessage } from '../event/message.ts';
import type { MessageQueue } from './queue.ts';

/** Selects the batches of one partition. They grow while the partition is far behind and its events have batch handlers. */
export interface BatchSelection {
  /** Returns the next batch, which ends before a message that is handled outside of transactions. */
  next(): IncomingMessage[];
  /** Returns how many times the usual number of messages may wait, so that the next batch can be as large. */
  growth(): number;
  /** A batch was committed after this many milliseconds. */
  passed(messages: readonly IncomingMessage[], took: number): void;
  /** A batch was rolled back; returns whether it was larger than usual, and is repeated in usual ones first. */
  failed(error: Error, messages: readonly IncomingMessage[]): boolean;
}

export interface BatchSelectionOptions {
  queue: Pick<MessageQueue, 'first' | 'size'>;
  handlers: Pick<GroupHandlers, 'isAtLeastOnce' | 'isInBatches'>;
  settings: Pick<ConsumerSettings, 'batchSize' | 'largestBatch' | 'batchTimeout'>;
}

/** The parts of the time limit of a batch below which a batch grows, and above which it shrinks. */
const QUICK = 1 / 10;
const SLOW = 1 / 4;

export function createBatchSelection({ queue, handlers, settings }: BatchSelectionOptions): BatchSelection {
  const { batchSize: usual, batchTimeout } = settings;
  let largest = Math.max(usual, settings.largestBatch);
  let size = usual;

  return {
    next() {
      const messages = queue.first(size);
      const outside = messages.findIndex((message) => handlers.isAtLeastOnce(message));
      return outside > 0 ? messages.slice(0, outside) : messages;
    },
    growth: () => size / usual,
    passed(messages, took) {
      if (queue.size() === 0) size = usual;
      else if (took > batchTimeout * SLOW) size = Math.max(usual, Math.floor(size / 2));
      else if (messages.length >= size && took < batchTimeout * QUICK && messages.every(handlers.isInBatches))
        size = Math.min(largest, size * 2);
    },
    failed(error, messages) {
      if (messages.length <= usual || error instanceof EventFailure) return false;
      // such as a statement with more values than PostgreSQL accepts
      largest = Math.max(usual, Math.floor(messages.length / 2));
      size = usual;
      return true;
    },
  };
}
