import type { IncomingMessage } from './message.ts';

/** The messages of one partition that wait, in order. */
export interface MessageQueue {
  push(messages: IncomingMessage[]): void;
  /** The first `count` messages, which stay in the queue until they are handled. */
  first(count: number): IncomingMessage[];
  /** Forgets what lies before `position`; returns how many messages that were. */
  dropBelow(position: number): number;
  size(): number;
}

export function createMessageQueue(): MessageQueue {
  let messages: IncomingMessage[] = [];

  return {
    push(more) {
      messages = messages.concat(more);
    },
    first: (count) => messages.slice(0, count),
    dropBelow(position) {
      const kept = messages.findIndex(({ offset }) => Number(offset) >= position);
      const dropped = kept === -1 ? messages.length : kept;
      messages = messages.slice(dropped);
      return dropped;
    },
    size: () => messages.length,
  };
}
