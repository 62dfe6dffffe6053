import type { Journal } from './journal.ts';

const KEY = 'producer-ids';

/** One write to the journal hands out this many ids. */
const BLOCK = 1000;

/** Ids of idempotent producers; none is given twice, whatever ends the process. */
export interface ProducerIds {
  next(): number;
}

export function createProducerIds(journal: Journal): ProducerIds {
  let next = (journal.get(KEY) as number | undefined) ?? 0;
  let end = next;
  return {
    next() {
      if (next === end) {
        end += BLOCK;
        journal.set(KEY, end);
      }
      return next++;
    },
  };
}
