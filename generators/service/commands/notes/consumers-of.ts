import path from 'node:path';
import type { Sibling } from '../../../output/place.ts';
import type { ConsumedEvent } from '../../model/answers.ts';
import { fromStored } from '../../stored/stored-answers.ts';
import { spelledCall } from '../call/spelling.ts';

/** Returns a note for each sibling that consumes an event for which `isRemoved` holds; `of` names the removed part. */
export const consumersOf = (
  siblings: readonly Sibling[],
  of: string,
  isRemoved: (event: ConsumedEvent) => boolean,
): string[] =>
  siblings
    .filter(({ answers }) => (fromStored(answers).consumes ?? []).some(isRemoved))
    .map(({ folder }) => `${path.basename(folder)} consumes events of "${of}", and gets no new ones.`);

/** Returns a note for each sibling that consumes an older version of an event than `version`, with the command that changes this. */
export const consumersOfOlder = (siblings: readonly Sibling[], type: string, version: number): string[] =>
  siblings.flatMap(({ folder, answers }) =>
    (fromStored(answers).consumes ?? [])
      .filter((event) => event.type === type && event.version < version)
      .map((event) => {
        const service = path.basename(folder);
        const call = spelledCall(`consumer ${type} --service ${service.replace(/-service$/, '')}`);
        return `${service} consumes version ${event.version} of "${type}". For version ${version}, write ${call}`;
      }),
  );
