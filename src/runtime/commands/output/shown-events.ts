import type { Excerpt } from '../../events/operations/filter.ts';
import { print } from '../../logging/terminal.ts';
import { ANSWER_BYTES } from './event-text.ts';

/** The most events that a change prints as text. */
export const SHOWN = 100;

/** Prints the first deleted events as text: at most `SHOWN`, with `ANSWER_BYTES` of values in all. */
export interface ShownEvents {
  /** The events that may still be printed. */
  room(): Excerpt;
  show(events: readonly { text: string; bytes: number | null }[]): void;
  /** The number of printed events. */
  count(): number;
}

export function createShownEvents(): ShownEvents {
  let count = 0;
  let bytes = 0;
  return {
    room: () => ({ events: bytes < ANSWER_BYTES ? SHOWN - count : 0, bytes: ANSWER_BYTES - bytes }),
    show(events) {
      for (const event of events) {
        print(`${event.text}\n`);
        count += 1;
        bytes += event.bytes ?? 0;
      }
    },
    count: () => count,
  };
}

/** Says which of `count` deleted events were printed. */
export function shownText(count: number, shown: number): string {
  if (shown >= count) return 'shown above';
  return shown > 0 ? `the first ${shown} shown above` : 'not shown';
}
