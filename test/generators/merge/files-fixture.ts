import assert from 'node:assert/strict';
import { mergeFiles } from '../../../generators/merge/merge-files.ts';
import type { MergePlan, Outcome } from '../../../generators/merge/plan.ts';

export type Files = Record<string, string>;

const plan = (base: Files, disk: Files, next: Files, more: Partial<MergePlan> = {}): MergePlan => ({
  base: new Map(Object.entries(base)),
  disk: new Map(Object.entries(disk)),
  next: new Map(Object.entries(next)),
  versions: { before: '0.2.0', now: '0.3.0' },
  ...more,
});

export const merge = (base: Files, disk: Files, next: Files, more: Partial<MergePlan> = {}) =>
  mergeFiles(plan(base, disk, next, more));

/** The only outcome of a merge. */
export async function outcome(...args: Parameters<typeof merge>): Promise<Outcome | undefined> {
  const { outcomes } = await merge(...args);
  assert.ok(outcomes.length <= 1);
  return outcomes[0];
}

export const old = 'one\ntwo\nthree\n';
export const mine = 'mine\none\ntwo\nthree\n';
export const newer = 'one\ntwo\nthree\nfour\n';
export const file = 'README.md';
