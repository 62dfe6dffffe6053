import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { toLf } from '../core/line-ends.ts';
import { withoutPassword } from '../core/random-password.ts';
import type { Change } from './changes.ts';

const nowhere = '/dev/null';

/**
 * Returns the difference that a run makes in a file, in the form of `git diff`; undefined if the file stays. It does not contain the
 * password of `.env`, and does not compare line ends.
 */
export function differenceOf({ file, from = file, present, written, effect }: Change): string | undefined {
  const isRemoved = effect === 'removed';
  if (written === undefined && !(isRemoved && present !== undefined)) return undefined;
  return createTwoFilesPatch(
    present === undefined ? nowhere : `a/${from}`,
    isRemoved ? nowhere : `b/${file}`,
    shownText(from, present),
    isRemoved ? '' : shownText(file, written),
    undefined,
    undefined,
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  ).replace(/\n$/, '');
}

const shownText = (file: string, text = '') => toLf(withoutPassword(file, text));
