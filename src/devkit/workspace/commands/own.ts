import { DevError } from '../../dev/environment/dev-error.ts';
import { tableLines } from '../../dev/output/table.ts';
import { print } from '../../terminal.ts';
import { ownCommandsOf } from '../facts/own-commands.ts';
import { programOf } from '../running/programs.ts';
import type { CommandCall, WorkspaceCommand } from './command.ts';
import { selected, withDatabases } from './run-flags.ts';

export const ownCommandsCommand: WorkspaceCommand = {
  usage: '[service...]',
  summary: 'lists your commands in src/commands of each service',
  flags: { json: { type: 'boolean', help: 'print one JSON document' } },
  async run(call) {
    const { services } = await selected(call, call.words);
    const found = await Promise.all(
      services.map(async ({ name, root }) => ({ service: name, commands: await ownCommandsOf(root) })),
    );
    print(call.flags['json'] === true ? `${JSON.stringify({ services: found }, null, 2)}\n` : textOf(found));
    return 0;
  },
};

export const ownCommand: WorkspaceCommand = {
  usage: '<service> <command> [-- <arguments>]',
  summary: 'runs one of your commands, with the configuration, the database and the bus of its service',
  flags: {},
  passesArguments: true,
  async run(call: CommandCall) {
    const [service, name, ...others] = call.words;
    if (service === undefined || name === undefined)
      throw new DevError(
        'command needs a service and a command: npx microservice-devkit command user import-users. "commands" lists them.',
      );
    if (others.length > 0)
      throw new DevError(`Write arguments of the command after "--": ${name} -- ${others.join(' ')}`);
    const selection = await selected(call, [service]);
    return withDatabases(selection, call, ({ root }) => [
      programOf(root, 'microservice-runtime'),
      'run',
      name,
      ...call.passed,
    ]);
  },
};

function textOf(found: { service: string; commands: string[] }[]): string {
  const rows = found.flatMap(({ service, commands: names }) =>
    names.map((name) => [service, name, `npx microservice-devkit command ${service} ${name}`]),
  );
  if (rows.length === 0) return 'No service has a command. Add one: npm init microservice command <name>\n';
  return `${tableLines([['service', 'command', 'run it with'], ...rows]).join('\n')}\n`;
}
