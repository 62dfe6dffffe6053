import type { IncomingMessage } from '../event/message.ts';

/** The waiting messages of one partition, in order. */
export interface MessageQueue {
  push(messages: IncomingMessage[]): void;
  /** Returns the first `count` messages, which stay in the queue until they are handled. */
  first(count: number): IncomingMessage[];
  /** Drops the messages before `position`; returns their number. */
  dropBelow(position: number): number;
  size(): number;
  /** Returns the total size of keys and values. */
  bytes(): number;
}

export function createMessageQueue(): MessageQueue {
  let messages: IncomingMessage[] = [];
  let bytes = 0;

  return {
    push(more) {
      messages = messages.concat(more);
      bytes += messageBytesOf(more);
    },
    first: (count) => messages.slice(0, count),
    dropBelow(position) {
      const kept = messages.findIndex(({ offset }) => Number(offset) >= position);
      const dropped = kept === -1 ? messages.length : kept;
      bytes -= messageBytesOf(messages.slice(0, dropped));
      messages = messages.slice(dropped);
      return dropped;
    },
    size: () => messages.length,
    bytes: () => bytes,
  };
}

/** Headers are not counted: they are small, and counting them costs more than it is worth. */
function messageBytesOf(messages: readonly IncomingMessage[]): number {
  let bytes = 0;
  for (const { key, value } of messages) bytes += (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}
