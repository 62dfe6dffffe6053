import { availableParallelism } from 'node:os';
import { DevError } from '../../dev/environment/dev-error.ts';
import { tableLines } from '../../dev/output/table.ts';
import { type Selection, selectServices, type Service } from '../../dev/services/services.ts';
import { print } from '../../terminal.ts';
import { createDatabases } from '../running/databases.ts';
import { exitCodeOf, type ServiceOutcome, summaryRows } from '../running/outcome.ts';
import { runInEach, type EachOptions } from '../running/run-in-each.ts';
import type { CommandCall, Flag } from './command.ts';

/** The flags of every command that runs a program in the services. */
export const runFlags: Record<string, Flag> = {
  jobs: { type: 'string', value: '<n>', help: 'the services at once; by default, the number of processors' },
  bail: { type: 'boolean', help: 'start no further service after one has failed' },
  json: { type: 'boolean', help: 'print one JSON document with the outcomes and the output' },
};

/** Selects the named services, or all of them, or the one in the working directory. */
export const selected = ({ cwd }: CommandCall, names: string[]): Promise<Selection> =>
  selectServices(cwd, names);

/** Runs a program in each service, prints the outcomes, and resolves to the exit code. */
export async function runAndReport(
  selection: Selection,
  { flags }: CommandCall,
  argsOf: EachOptions['argsOf'],
): Promise<number> {
  const collect = flags['json'] === true;
  const jobs = jobsOf(flags['jobs']);
  const outcomes = await runInEach(selection, { argsOf, jobs, bail: flags['bail'] === true, collect });
  if (collect) print(`${JSON.stringify({ services: outcomes }, null, 2)}\n`);
  else if (outcomes.length > 1) printSummary(outcomes);
  return exitCodeOf(outcomes);
}

/** Runs a program in each service as `runAndReport` does, while the database of the service is open. */
export async function withDatabases(
  selection: Selection,
  call: CommandCall,
  argsOf: (service: Service) => readonly string[],
): Promise<number> {
  const databases = createDatabases(selection);
  try {
    return await runAndReport(selection, call, async (service, say) => {
      const args = argsOf(service); // throws if the program is not installed, before a server starts
      await databases.open(service, say);
      return args;
    });
  } finally {
    await databases.close();
  }
}

/** Reads `--jobs`. Throws a DevError if it is not a number from 1. */
export function jobsOf(given: string | boolean | undefined): number {
  if (given === undefined) return availableParallelism();
  const jobs = Number(given);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new DevError(`--jobs is "${given}", but must be a number from 1, such as --jobs 4.`);
}

function printSummary(outcomes: readonly ServiceOutcome[]): void {
  const { rows, counts } = summaryRows(outcomes);
  print(['', ...tableLines(rows), counts, ''].join('\n'));
}
