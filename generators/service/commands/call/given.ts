import type { CommandCall } from './command.ts';

type Given = Pick<CommandCall, 'given'>;

/** Returns the texts of a flag that can be repeated, as one text; undefined if it is not given. */
export function textsOf({ given }: Given, flag: string): string | undefined {
  const texts = given.filter((each) => each.flag === flag).map(({ value }) => String(value));
  return texts.length === 0 ? undefined : texts.join(' ');
}

/** Reports whether a switch is given. */
export const isGiven = ({ given }: Given, flag: string): boolean =>
  given.findLast((each) => each.flag === flag)?.value === true;
