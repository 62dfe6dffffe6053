import { DevError } from '../../dev/environment/dev-error.ts';
import { programOf } from '../running/programs.ts';
import type { CommandCall, WorkspaceCommand } from './command.ts';
import { runAndReport, runFlags, selected, withDatabases } from './run-flags.ts';

export const migrateCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'applies the pending migrations of each database',
  flags: runFlags,
  run: (call) => onDatabases(call, call.words, ['migrate:latest']),
};

export const rollbackCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'rolls back the last batch of migrations of each database',
  flags: { ...runFlags, all: { type: 'boolean', help: 'roll back all migrations' } },
  run: (call) =>
    onDatabases(call, call.words, ['migrate:rollback', ...(call.flags['all'] === true ? ['--all'] : [])]),
};

export const seedCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'runs the seeds of each database',
  flags: runFlags,
  run: (call) => onDatabases(call, call.words, ['seed:run']),
};

export const makeCommand: WorkspaceCommand = {
  usage: '<service> <name>',
  summary: 'adds an empty migration to a service',
  flags: {},
  async run(call) {
    const [service, name, ...others] = call.words;
    if (service === undefined || name === undefined || others.length > 0)
      throw new DevError(
        'make needs a service and the name of the migration: npm run make -- user add_phone_number',
      );
    // knex writes to the path that the name makes: "../x" leads out of the folder, and "x/y" to a folder that does not exist
    if (!/^\w[\w-]*$/.test(name))
      throw new DevError(
        `The name of a migration has letters, digits, "_" and "-", but is "${name}". Write it as add_phone_number.`,
      );
    const selection = await selected(call, [service]);
    return runAndReport(selection, call, ({ root }) => [programOf(root, 'knex'), 'migrate:make', name]);
  },
};

/** Runs the service's own knex in each service, while its database is open. Resolves to the exit code. */
async function onDatabases(call: CommandCall, names: string[], args: readonly string[]): Promise<number> {
  const selection = await selected(call, names);
  return withDatabases(selection, call, ({ root }) => [programOf(root, 'knex'), ...args]);
}
