import path from 'node:path';
import type { Sibling } from '../../output/place.ts';
import type { ConsumedEvent } from '../model/answers.ts';
import { fromStored } from '../stored/stored-answers.ts';

/** Returns a note for each sibling that consumes an event for which `isRemoved` holds; `of` names the removed part. */
export const consumersOf = (
  siblings: readonly Sibling[],
  of: string,
  isRemoved: (event: ConsumedEvent) => boolean,
): string[] =>
  siblings
    .filter(({ answers }) => (fromStored(answers).consumes ?? []).some(isRemoved))
    .map(({ folder }) => `${path.basename(folder)} consumes events of "${of}", and gets no new ones.`);
