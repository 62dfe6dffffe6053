import { tableLines } from '../../dev/output/table.ts';
import type { Selection, Service } from '../../dev/services/services.ts';
import { print } from '../../terminal.ts';
import { createDatabases } from '../running/databases.ts';
import { exitCodeOf, type ServiceOutcome } from '../running/outcome.ts';
import { migrationListArgs, readMigrationList } from '../running/migration-list.ts';
import { programOf } from '../running/programs.ts';
import { runInEach, type Say } from '../running/run-in-each.ts';
import type { CommandCall, WorkspaceCommand } from './command.ts';
import { jobsOf, runFlags, selected } from './run-flags.ts';

interface ServiceStatus {
  service: string;
  /** The number of applied migrations. */
  applied?: number;
  /** The names of the migrations that have not run. */
  pending?: string[];
  fault?: string;
}

export const statusCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'shows the applied and the pending migrations of each database',
  flags: { jobs: runFlags['jobs']!, json: { type: 'boolean', help: 'print one JSON document' } },
  async run(call) {
    const outcomes = await listMigrations(await selected(call, call.words), call);
    const services = outcomes.map(statusOf);
    print(call.flags['json'] === true ? `${JSON.stringify({ services }, null, 2)}\n` : textOf(services));
    return exitCodeOf(outcomes);
  },
};

async function listMigrations(selection: Selection, { flags }: CommandCall): Promise<ServiceOutcome[]> {
  const databases = createDatabases(selection);
  const argsOf = async (service: Service, say: Say) => {
    programOf(service.root, 'knex'); // throws if it is not installed
    await databases.open(service, say);
    return migrationListArgs;
  };
  try {
    return await runInEach(selection, { argsOf, jobs: jobsOf(flags['jobs']), bail: false, collect: true });
  } finally {
    await databases.close();
  }
}

function statusOf({ service, status: result, fault, output }: ServiceOutcome): ServiceStatus {
  const list = result === 'ok' ? readMigrationList(output) : undefined;
  if (list) return { service, applied: list.applied.length, pending: list.pending };
  return { service, fault: fault ?? output.findLast((line) => line !== '') ?? 'knex printed no reason' };
}

function textOf(services: ServiceStatus[]): string {
  const rows = services.map(({ service, applied, pending = [], fault }) => [
    service,
    fault === undefined ? String(applied) : '?',
    fault ?? (pending.length === 0 ? 'none' : pending.join(', ')),
  ]);
  return `${tableLines([['service', 'applied', 'pending'], ...rows]).join('\n')}\n`;
}
