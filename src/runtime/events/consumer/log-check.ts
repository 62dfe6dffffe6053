import type { IncomingMessage } from '../event/message.ts';
import { isSameRecord, witnessOf, type Witness } from '../inbox/witness.ts';
import type { Fetched } from '../kafka/records/fetched.ts';
import type { Mismatch } from './start-positions.ts';

/** Checks by one known record, the witness, whether a partition still has the log that was read before. */
export interface LogCheck {
  /** Takes the received messages, in order; the last one becomes the witness of the next fetch. */
  received(messages: readonly IncomingMessage[]): void;
  /** Returns the offset to fetch from: that of the witness, which must be compared, or `next`. */
  fetchFrom(next: number): number;
  /** Returns the witness and the different record at its offset; undefined if there is none. A missing witness proves nothing. */
  mismatchIn(fetched: Fetched): Mismatch | undefined;
}

export function createLogCheck(start: Witness | undefined): LogCheck {
  let witness = start;
  let lastMessage: IncomingMessage | undefined;

  return {
    received(messages) {
      lastMessage = messages.at(-1) ?? lastMessage;
    },
    fetchFrom(next) {
      if (lastMessage) witness = witnessOf(lastMessage);
      // an older release that sets back a position leaves a later witness
      if (witness && witness.offset >= next) witness = undefined;
      return witness?.offset ?? next;
    },
    mismatchIn({ messages, next }) {
      if (!witness) return undefined;
      const expected = witness;
      const seen = messages.find(({ offset }) => Number(offset) === expected.offset);
      const found = seen && witnessOf(seen);
      if (found && !isSameRecord(found, expected)) return { witness: expected, found };
      if (next > expected.offset) witness = undefined;
      return undefined;
    },
  };
}
