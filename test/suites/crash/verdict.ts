import type { Revisions } from '../bus/orders.ts';

export interface Verdict {
  lost: number;
  outOfOrder: number;
  handledTwice: number;
}

/** Compares what should have been done about each order with what was done. */
export function judge(expected: Revisions, seen: Revisions): Verdict {
  const verdict: Verdict = { lost: 0, outOfOrder: 0, handledTwice: 0 };
  for (const [id, revisions] of Object.entries(expected)) {
    const effects = seen[id] ?? [];
    const once = [...new Set(effects)];
    verdict.lost += revisions.filter((revision) => !once.includes(revision)).length;
    verdict.handledTwice += effects.length - once.length;
    verdict.outOfOrder += once.filter((revision, index) => revision < (once[index - 1] ?? 0)).length;
  }
  return verdict;
}
