import type { Journal } from './journal.ts';

/** The number of ids that one write to the journal reserves. */
const BLOCK = 1000;

/** Assigns ids to idempotent producers. An id is never assigned twice, even after a crash. */
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
