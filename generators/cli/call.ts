import type { CommandLine } from './flags.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Call } from '../output/work.ts';
import type { GeneratorEntry } from './registry.ts';

/**
 * Returns the call that a command line describes; `rest` is the words after the generator. The word after the generator of a folder has
 * the meaning of the flag `--name`.
 */
export function callOf(
  { given: flags }: CommandLine,
  { examples }: GeneratorEntry,
  rest: readonly string[],
): Omit<Call, 'ask'> {
  const given = examples ? flags : withName(flags, rest[0]);
  const said = (flag: string) => given.some((each) => each.flag === flag);
  return {
    cwd: process.cwd(),
    words: rest,
    given,
    yes: said('yes'),
    dryRun: said('dry-run'),
    force: said('force'),
    json: said('json'),
    check: said('check'),
  };
}

function withName(given: CommandLine['given'], name: string | undefined): CommandLine['given'] {
  const other = given.findLast(({ flag }) => flag === 'name')?.value;
  if (name !== undefined && other !== undefined && other !== name) {
    throw new UsageError(`two names are given: "${name}" and --name "${other}"; specify one`);
  }
  return name === undefined ? given : [{ flag: 'name', value: name, as: 'the name' }, ...given];
}
