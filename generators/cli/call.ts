import type { CommandLine } from './flags.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Call } from '../output/work.ts';

/** Returns the call that a command line describes. The word after the generator has the meaning of the flag `--name`. */
export function callOf({ given }: CommandLine, name: string | undefined): Omit<Call, 'ask'> {
  const said = (flag: string) => given.some((each) => each.flag === flag);
  const other = given.findLast(({ flag }) => flag === 'name')?.value;
  if (name !== undefined && other !== undefined && other !== name) {
    throw new UsageError(`two names are given: "${name}" and --name "${other}"; specify one`);
  }
  return {
    cwd: process.cwd(),
    given: name === undefined ? given : [{ flag: 'name', value: name, as: 'the name' }, ...given],
    yes: said('yes'),
    dryRun: said('dry-run'),
    force: said('force'),
    json: said('json'),
  };
}
