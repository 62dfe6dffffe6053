import { parseArgs } from 'node:util';
import { DevError } from '../dev/environment/dev-error.ts';
import { errorMessage } from '../errors.ts';
import { print } from '../terminal.ts';
import { workspaceCommands } from './commands.ts';
import type { CommandCall, Options, WorkspaceCommand } from './commands/command.ts';

/**
 * Runs a command over the services of the workspace at or above `cwd`, and prints the result. Resolves to the exit code;
 * undefined if no command has this name. Rejects with a DevError for invalid words and flags.
 */
export async function runWorkspaceCommand(
  name: string,
  args: string[],
  cwd: string,
): Promise<number | undefined> {
  const command = Object.hasOwn(workspaceCommands, name) ? workspaceCommands[name] : undefined;
  if (!command) return undefined;
  const end = args.indexOf('--');
  const [own, passed] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const { words, flags } = parsed(name, command, own);
  if (flags['help'] === true) {
    print(
      `${[`Usage: microservice-devkit ${name} ${command.usage}`, '', ...helpLines(command)].join('\n')}\n`,
    );
    return 0;
  }
  if (passed.length > 0 && !command.passesArguments)
    throw new DevError(`${name} passes no arguments on, but got "-- ${passed.join(' ')}".`);
  return command.run({ cwd, words, passed, flags });
}

/** The lines of `--help`: one per command. */
export const usageLines = (): string[] =>
  Object.entries(workspaceCommands).map(
    ([name, { usage, summary }]) => `  ${`${name} ${usage}`.padEnd(48)} ${summary}`,
  );

const helpLines = ({ summary, flags }: WorkspaceCommand): string[] => [
  `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`,
  ...(Object.keys(flags).length > 0 ? [''] : []),
  ...Object.entries(flags).map(
    ([flag, { value, help }]) =>
      `  ${`--${flag}${value === undefined ? '' : ` ${value}`}`.padEnd(24)} ${help}`,
  ),
];

function parsed(
  name: string,
  command: WorkspaceCommand,
  args: string[],
): Pick<CommandCall, 'words' | 'flags'> {
  const types = Object.entries(command.flags).map(([flag, { type }]) => [flag, { type }] as const);
  const options: Options = { ...Object.fromEntries(types), help: { type: 'boolean' } };
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    return { words: positionals, flags: values as CommandCall['flags'] };
  } catch (cause) {
    const [fault = ''] = errorMessage(cause).split('. ');
    const shown = fault.replace(/^Unknown option '(.*)'$/, 'unknown flag $1');
    throw new DevError(`${shown}; microservice-devkit ${name} --help shows the flags`, { cause });
  }
}
