import type { Flag, GivenFlag } from '../questions/question.ts';
import { UsageError } from '../core/usage-error.ts';

/** Flags of every generator that control the run. */
export const runFlags: Flag[] = [
  { name: 'yes', help: 'use the default for every answer without a flag; ask nothing' },
  { name: 'dry-run', help: 'show the changes that a run would make; write nothing' },
  { name: 'force', help: 'merge into files with uncommitted changes; write into an existing folder' },
  { name: 'json', help: 'print the result as one JSON document, for programs' },
];

/** The options of a Yeoman run, by the name of the flag or by the same name in camel case. */
export type Options = Readonly<Record<string, unknown>>;

export const optionOf = (options: Options, name: string): unknown =>
  options[name] ?? options[name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];

/**
 * Returns the flags of each group that a Yeoman run gives, as the command would have read them. Yeoman does not keep the order in
 * which different options are given: in a group of several flags, such as --resource and --fields, the first values belong
 * together, the second ones, and so on. Throws a UsageError if the values cannot be paired, or if a value is missing.
 */
export function givenIn(options: Options, groups: readonly (readonly Flag[])[]): GivenFlag[] {
  return groups.flatMap((flags) => paired(flags.map((flag) => valuesOf(flag, options))));
}

function valuesOf(flag: Flag, options: Options): GivenFlag[] {
  const option = optionOf(options, flag.name);
  if (option === undefined) return [];
  if (flag.means) return option === true || option === 'true' ? [flag.means] : [];
  const values: unknown[] = Array.isArray(option) ? option.flat(Infinity) : [option];
  return values.map((value) => ({ flag: flag.name, value: valueOf(flag, value) }));
}

function valueOf({ name, value, no }: Flag, option: unknown): string | boolean {
  if (value === undefined) return option === true || option === 'true';
  if (option === false && no !== undefined) return false;
  if (typeof option === 'string' || typeof option === 'number') return String(option);
  throw new UsageError(`--${name} needs a value: --${name} ${value}`);
}

function paired([first = [], ...others]: GivenFlag[][]): GivenFlag[] {
  const unequal = others.find(({ length }) => length > 0 && length !== first.length);
  if (unequal && first.length > 1)
    throw new UsageError(
      `--${first[0]?.flag} is given ${first.length} times, but --${unequal[0]?.flag} ${unequal.length} times; give both flags the same number of times`,
    );
  if (first.length <= 1) return [first, ...others].flat();
  return first.flatMap((each, index) => [each, ...others.flatMap((other) => other[index] ?? [])]);
}
