import { checkCommand } from './commands/check.ts';
import type { WorkspaceCommand } from './commands/command.ts';
import { makeCommand, migrateCommand, rollbackCommand, seedCommand } from './commands/knex.ts';
import { listCommand } from './commands/list.ts';
import { mapCommand } from './commands/map.ts';
import { ownCommand, ownCommandsCommand } from './commands/own.ts';
import { runCommand, testCommand } from './commands/scripts.ts';
import { statusCommand } from './commands/status.ts';

/** The commands over the services of a workspace, in the order of `--help`. */
export const workspaceCommands: Record<string, WorkspaceCommand> = {
  list: listCommand,
  migrate: migrateCommand,
  rollback: rollbackCommand,
  status: statusCommand,
  seed: seedCommand,
  make: makeCommand,
  test: testCommand,
  run: runCommand,
  commands: ownCommandsCommand,
  command: ownCommand,
  map: mapCommand,
  check: checkCommand,
};
