import type { Journal } from './journal.ts';

/** One write to the journal hands out this many ids. */
const BLOCK = 1000;

/** Ids of idempotent producers; none is given twice, whatever ends the process. */
export interface ProducerIds {
  next(): number;
}

export function createProducerIds(journal: Journal): ProducerIds {
  const table = journal.table<number>('producer-ids');
  let next = table.get('end') ?? 0;
  let end = next;
  return {
    next() {
      if (next === end) {
        end += BLOCK;
        table.set('end', end);
      }
      return next++;
    },
  };
}
